// The features service as a process: its settings, and what it is composed of.
import { infrastructureSettings, type ServiceDefinition } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { featuresTransport } from './features-transport.js';
import { FeaturesModule } from './features.module.js';
import { featuresSettings } from './settings.js';

const settings = Type.Composite([infrastructureSettings, featuresSettings]);

/** The definition to run. `open`: how it gets at log and database. */
export const featuresService = (open = openResources): ServiceDefinition<typeof settings> => ({
  name: 'features',
  settings,
  async build(context, settings) {
    const resources = await open('features', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [FeaturesModule.register(context, resources, settings)],
      transports: [featuresTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
