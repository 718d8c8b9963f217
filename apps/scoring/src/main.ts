// The scoring service as a process of its own.
import { infrastructureSettings, runService } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { scoringTransport } from './scoring-transport.js';
import { ScoringModule } from './scoring.module.js';
import { scoringSettings } from './settings.js';

await runService({
  name: 'scoring',
  settings: Type.Composite([infrastructureSettings, scoringSettings]),
  async build(context, settings) {
    const resources = await openResources('scoring', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [ScoringModule.register(context, resources, settings)],
      transports: [scoringTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
