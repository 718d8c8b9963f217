// Checks what a scenario on Kafka has left behind, with Kafka's own console consumer as a second reader.
import { type Broker } from '@holdfast/broker';

import { type Evidence, type Verdict } from '../evidence.js';
import { consoleConsumer } from './console-consumer.js';
import { examine, type ExamineOptions } from './examine.js';

/** To be called when everything is at rest. Throws when Kafka or PostgreSQL cannot be read. See {@link ExamineOptions} for `mode`. */
export const check = (
  evidence: Evidence,
  broker: Broker,
  say: (text: string) => void = () => undefined,
  mode: ExamineOptions['mode'] = 'full',
): Promise<Verdict> =>
  examine(evidence, { broker, say, mode, witness: (counts) => consoleConsumer(evidence.brokers, counts) });
