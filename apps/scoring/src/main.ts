// The scoring service as a process of its own.
import { connectKafka, connectKafkaJs } from '@holdfast/broker';
import { migrate, openDatabase } from '@holdfast/postgres';
import { infrastructureSettings, runService } from '@holdfast/service';
import { prepareTopics } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { scoringTransport } from './scoring-transport.js';
import { ScoringModule } from './scoring.module.js';
import { scoringSettings } from './settings.js';

await runService({
  name: 'scoring',
  settings: Type.Composite([infrastructureSettings, scoringSettings]),
  async build(context, settings) {
    const connect = settings.KAFKA_CLIENT === 'kafkajs' ? connectKafkaJs : connectKafka;
    const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-scoring' });
    await migrate(database);
    const broker = await connect({ brokers: settings.KAFKA_BROKERS, clientId: 'holdfast-scoring' });
    const resources = { broker, database };
    await prepareTopics(resources, settings.PARTITIONS);
    context.health.add('database', () => database.ping());
    context.health.add('broker', () => broker.ping());
    return {
      modules: [ScoringModule.register(context, resources, settings)],
      transports: [scoringTransport(context, resources, settings)],
      async close() {
        await broker.close();
        await database.close();
      },
    };
  },
});
