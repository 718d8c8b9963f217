// The console as a process of its own.
import { infrastructureSettings, runService } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { consoleTransport } from './console-transport.js';
import { ConsoleModule } from './console.module.js';
import { consoleSettings, refuseOpenConsole } from './settings.js';

await runService({
  name: 'console',
  settings: Type.Composite([infrastructureSettings, consoleSettings]),
  async build(context, settings) {
    refuseOpenConsole(settings);
    const resources = await openResources('console', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [ConsoleModule.register(context, resources, settings)],
      transports: [consoleTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
