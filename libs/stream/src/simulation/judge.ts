// The verdict on a simulation that has come to rest: every topic, everything stored and every wake-up fired, against brute force.
import { bruteForce } from './brute-force.js';
import { KEEPER_LETTERS, keeper, sinkDifference } from './example-sink.js';
import { TRACES, MAX_BYTES, STAGES } from './example-tasks.js';
import { firstDifference, history } from './history.js';
import { overtakenLetter } from './letters-first.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedStore } from './simulated-store.js';
import { type Tally } from './tally.js';
import { WINDOW_DAYS } from './worker.js';
import { countZombies } from './zombies.js';

interface Circumstances {
  readonly tally: Tally;
  readonly hasSink: boolean;
}

/** A sentence about what went wrong, or null. */
export function judge(
  broker: SimulatedBroker,
  store: SimulatedStore,
  { tally, hasSink }: Circumstances,
): string | null {
  const log = (topic: string, partition: number) => broker.log(topic, partition);
  for (let partition = 0; partition < broker.partitionCount; partition++) {
    for (const { task, logId, letters: lettersTopic } of STAGES) {
      const input = log(task.input.name, partition).records;
      const expected = bruteForce(task, input, { logId, partition, maxBytes: MAX_BYTES, windowDays: WINDOW_DAYS });
      const [outputs, letters] = [log(task.output.name, partition), log(lettersTopic, partition)];
      const stored = store.of({ task: task.name, partition });
      const difference =
        firstDifference(expected, { outputs: outputs.records, letters: letters.records, stored }) ??
        overtakenLetter(outputs, expected.letters);
      if (difference) return `${task.name}, partition ${partition}: ${difference}`;
      countZombies(tally, expected, { outputs, letters });
      tally.count('a record was skipped by its source', outputs.records.length - history(outputs.records).length);
    }
    if (!hasSink) continue;
    const letters = log(KEEPER_LETTERS, partition).records;
    const stored = store.of({ task: keeper.name, partition });
    const difference = sinkDifference(log(TRACES.name, partition).records, stored, letters);
    if (difference) return `${keeper.name}, partition ${partition}: ${difference}`;
    tally.count('a sink refused a record', letters.length);
  }
  return null;
}
