// Dispatch as a process: its settings, and what it is composed of.
import { infrastructureSettings, type ServiceDefinition } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { dispatchTransport } from './dispatch-transport.js';
import { DispatchModule } from './dispatch.module.js';
import { dispatchSettings } from './settings.js';

const settings = Type.Composite([infrastructureSettings, dispatchSettings]);

/** The definition to run. `open`: how it gets at log and database. */
export const dispatchService = (open = openResources): ServiceDefinition<typeof settings> => ({
  name: 'dispatch',
  settings,
  async build(context, settings) {
    const resources = await open('dispatch', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [DispatchModule.register(context, resources, settings)],
      transports: [dispatchTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
