// A sink beside the second task, which keeps all it is given and refuses some of it for good; and what it must have kept, computed the
// plain way.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { deadLetterTopic, tickCodec } from '@holdfast/schemas';

import { type Sink, type SinkRecord } from '../task.js';
import { TRACES, type Trace } from './example-tasks.js';
import { differ, history } from './history.js';
import { type StoredPartition } from './simulated-store.js';

const REFUSED = 'simulated: the sink refuses it';
const isRefused = ({ hash }: Trace): boolean => hash % 7 === 0;

export const keeper: Sink<Trace> = {
  name: 'keeper',
  input: TRACES,
  async apply(records, _partition, transaction) {
    for (const record of records) {
      if (record.kind === 'record' && isRefused(record.value)) throw new RangeError(REFUSED);
      await transaction.query('keep', [record]);
    }
  },
};
export const KEEPER_LETTERS = deadLetterTopic(keeper.name);

/** A sentence about the first difference between what was kept and what should have been, or null. */
export function sinkDifference(
  log: readonly StoredRecord[],
  stored: StoredPartition,
  letters: readonly StoredRecord[],
): string | null {
  const kept: SinkRecord<Trace>[] = [];
  const refused: BrokerRecord[] = [];
  for (const record of history(log)) {
    if (record.key === null) {
      if (record.headers['schema'] === 'tick/1') kept.push({ kind: 'tick', at: tickCodec.decode(record.value).at });
      continue;
    }
    const { key, at, headers } = record;
    const value = TRACES.decode(record.value);
    if (isRefused(value)) refused.push(record);
    else kept.push({ kind: 'record', value, id: headers['event-id']!, key, sequence: Number(headers['sequence']), at });
  }
  const placeOf = ({ headers }: BrokerRecord, name: string) => `${headers[name]} ${headers['sequence']}`;
  return (
    differ(
      'kept',
      kept.map((each) => JSON.stringify(each)),
      stored.kept.map((each) => JSON.stringify(each)),
    ) ??
    differ(
      'refused',
      refused.map((each) => placeOf(each, 'event-id')),
      history(letters).map((each) => placeOf(each, 'replay-of')),
    )
  );
}
