// Ingest as a process: its settings, and what it is composed of.
import { infrastructureSettings, type ServiceDefinition } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { IngestModule } from './ingest.module.js';
import { REAL_TIME } from './live-clock.js';
import { ingestSettings } from './settings.js';

const settings = Type.Composite([infrastructureSettings, ingestSettings]);

/** The definition to run. `open`: how it gets at log and database; `time`: where its clock gets the time from. */
export const ingestService = (open = openResources, time = REAL_TIME): ServiceDefinition<typeof settings> => ({
  name: 'ingest',
  settings,
  async build(context, settings) {
    const resources = await open('ingest', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [IngestModule.register(context, resources, settings, time)],
      close: () => resources.close(),
    };
  },
});
