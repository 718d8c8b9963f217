// The scoring service as a process: its settings, and what it is composed of.
import { infrastructureSettings, type ServiceDefinition } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { scoringTransport } from './scoring-transport.js';
import { ScoringModule } from './scoring.module.js';
import { scoringSettings } from './settings.js';

const settings = Type.Composite([infrastructureSettings, scoringSettings]);

/** The definition to run. `open`: how it gets at log and database. */
export const scoringService = (open = openResources): ServiceDefinition<typeof settings> => ({
  name: 'scoring',
  settings,
  async build(context, settings) {
    const resources = await open('scoring', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [ScoringModule.register(context, resources, settings)],
      transports: [scoringTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
