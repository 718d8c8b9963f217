// Dispatch as a process of its own.
import { connectKafka, connectKafkaJs } from '@holdfast/broker';
import { migrate, openDatabase } from '@holdfast/postgres';
import { infrastructureSettings, runService } from '@holdfast/service';
import { Type } from '@sinclair/typebox';

import { dispatchTransport } from './dispatch-transport.js';
import { DispatchModule } from './dispatch.module.js';
import { dispatchSettings } from './settings.js';

await runService({
  name: 'dispatch',
  settings: Type.Composite([infrastructureSettings, dispatchSettings]),
  async build(context, settings) {
    const connect = settings.KAFKA_CLIENT === 'kafkajs' ? connectKafkaJs : connectKafka;
    const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-dispatch' });
    await migrate(database);
    const broker = await connect({ brokers: settings.KAFKA_BROKERS, clientId: 'holdfast-dispatch' });
    const resources = { broker, database };
    context.health.add('database', () => database.ping());
    context.health.add('broker', () => broker.ping());
    return {
      modules: [DispatchModule.register(context, resources, settings)],
      transports: [dispatchTransport(context, resources, settings)],
      async close() {
        await broker.close();
        await database.close();
      },
    };
  },
});
