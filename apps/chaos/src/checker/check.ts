// Checks what a scenario on Kafka has left behind, with Kafka's own console consumer as a second reader.
import { connectBroker } from '@holdfast/stream';

import { type Evidence, type Verdict } from '../evidence.js';
import { consoleConsumer } from './console-consumer.js';
import { examine, type ExamineOptions } from './examine.js';

/**
 * To be called when everything is at rest. Reads over a connection of its own, with the same client whichever was struck. Throws when
 * Kafka or PostgreSQL cannot be read. See {@link ExamineOptions} for `mode`.
 */
export async function check(
  evidence: Evidence,
  say: (text: string) => void = () => undefined,
  mode: ExamineOptions['mode'] = 'full',
): Promise<Verdict> {
  const { brokers } = evidence;
  const broker = await connectBroker('check', { KAFKA_BROKERS: brokers, KAFKA_CLIENT: 'platformatic' });
  try {
    return await examine(evidence, { broker, say, mode, witness: (counts) => consoleConsumer(brokers, counts) });
  } finally {
    await broker.close();
  }
}
