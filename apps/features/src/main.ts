// The features service as a process of its own.
import { infrastructureSettings, runService } from '@holdfast/service';
import { openResources } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { featuresTransport } from './features-transport.js';
import { FeaturesModule } from './features.module.js';
import { featuresSettings } from './settings.js';

await runService({
  name: 'features',
  settings: Type.Composite([infrastructureSettings, featuresSettings]),
  async build(context, settings) {
    const resources = await openResources('features', settings);
    context.health.add('database', () => resources.database.ping());
    context.health.add('broker', () => resources.broker.ping());
    return {
      modules: [FeaturesModule.register(context, resources, settings)],
      transports: [featuresTransport(context, resources, settings)],
      close: () => resources.close(),
    };
  },
});
