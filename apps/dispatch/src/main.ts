// Dispatch as a process of its own.
import { infrastructureSettings, runService } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { dispatchTransport } from './dispatch-transport.js';
import { DispatchModule } from './dispatch.module.js';
import { dispatchSettings } from './settings.js';

await runService({
  name: 'dispatch',
  settings: Type.Composite([infrastructureSettings, dispatchSettings]),
  async build(context, settings) {
    const resources = await openResources('dispatch', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [DispatchModule.register(context, resources, settings)],
      transports: [dispatchTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
