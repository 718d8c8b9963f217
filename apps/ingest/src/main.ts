// Ingest as a process of its own.
import { connectKafka, connectKafkaJs } from '@holdfast/broker';
import { migrate, openDatabase } from '@holdfast/postgres';
import { infrastructureSettings, runService } from '@holdfast/service';
import { prepareTopics } from '@holdfast/stream';
import { Type } from '@sinclair/typebox';

import { IngestModule } from './ingest.module.js';
import { ingestSettings } from './settings.js';

await runService({
  name: 'ingest',
  settings: Type.Composite([infrastructureSettings, ingestSettings]),
  async build(context, settings) {
    const connect = settings.KAFKA_CLIENT === 'kafkajs' ? connectKafkaJs : connectKafka;
    const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-ingest' });
    await migrate(database);
    const broker = await connect({ brokers: settings.KAFKA_BROKERS, clientId: 'holdfast-ingest' });
    const resources = { broker, database };
    await prepareTopics(resources, settings.PARTITIONS);
    context.health.add('database', () => database.ping());
    context.health.add('broker', () => broker.ping());
    return {
      modules: [IngestModule.register(context, resources, settings)],
      async close() {
        await broker.close();
        await database.close();
      },
    };
  },
});
