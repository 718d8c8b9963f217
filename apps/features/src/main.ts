// The features service as a process of its own.
import { connectKafka, connectKafkaJs } from '@holdfast/broker';
import { migrate, openDatabase } from '@holdfast/postgres';
import { infrastructureSettings, runService } from '@holdfast/service';
import { prepareTopics } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { featuresTransport } from './features-transport.js';
import { FeaturesModule } from './features.module.js';
import { featuresSettings } from './settings.js';

await runService({
  name: 'features',
  settings: Type.Composite([infrastructureSettings, featuresSettings]),
  async build(context, settings) {
    const connect = settings.KAFKA_CLIENT === 'kafkajs' ? connectKafkaJs : connectKafka;
    const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-features' });
    await migrate(database);
    const broker = await connect({ brokers: settings.KAFKA_BROKERS, clientId: 'holdfast-features' });
    const resources = { broker, database };
    await prepareTopics(resources, settings.PARTITIONS);
    context.health.add('database', () => database.ping());
    context.health.add('broker', () => broker.ping());
    return {
      modules: [FeaturesModule.register(context, resources, settings)],
      transports: [featuresTransport(context, resources, settings)],
      async close() {
        await broker.close();
        await database.close();
      },
    };
  },
});
