// Ingest as a process of its own.
import { infrastructureSettings, runService } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { IngestModule } from './ingest.module.js';
import { ingestSettings } from './settings.js';

await runService({
  name: 'ingest',
  settings: Type.Composite([infrastructureSettings, ingestSettings]),
  async build(context, settings) {
    const resources = await openResources('ingest', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [IngestModule.register(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
