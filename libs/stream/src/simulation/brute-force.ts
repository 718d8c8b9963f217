// What a task makes of a log, computed the plain way: one record after the other, all customers in one map, the next wake-up found
// by looking at everybody. Shares no code with the runner; what the runner publishes must be equal to it, byte for byte.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type Progress, type StoredCustomer } from '@holdfast/postgres';
import { encodeJson, releaseCodec, tickCodec, toIso } from '@holdfast/schemas';

import { type Step, type Task } from '../task.js';

export interface Expectation {
  readonly outputs: readonly BrokerRecord[];
  readonly letters: readonly BrokerRecord[];
  readonly customers: ReadonlyMap<string, StoredCustomer>;
  readonly messageIds: ReadonlyMap<string, number>;
  readonly progress: Progress;
  readonly fired: readonly Firing[];
}

/** A wake-up, fired by the record at `offset`. */
export interface Firing {
  readonly key: string;
  readonly wakeAt: number;
  readonly offset: number;
  readonly isBuried: boolean;
}

interface Place {
  readonly logId: string;
  readonly partition: number;
  readonly maxBytes: number;
  readonly windowDays: number;
}

interface Person {
  state: unknown;
  inSequence: number;
  outSequence: number;
  wakeAt: number | null;
}

export function bruteForce(
  task: Task<unknown, unknown, unknown, unknown>,
  log: readonly StoredRecord[],
  { logId, partition, maxBytes, windowDays }: Place,
): Expectation {
  const people = new Map<string, Person>();
  const ids = new Map<string, number>();
  const outputs: BrokerRecord[] = [];
  const letters: BrokerRecord[] = [];
  const fired: Firing[] = [];
  let shared: unknown = task.shared?.initial;
  let isSharedSet = false;
  let now = 0;
  let duplicates = 0;
  let source: Progress['source'] = null;

  for (const record of log) {
    let index = 0;
    let letter = 0;
    const headersFor = (n: number) => ({
      'event-id': `${logId}-${partition}-${record.offset}-${n}`,
      source: `${logId}/${partition}/${record.offset}.${n}`,
    });
    const write = (key: string, person: Person, at: number, step: Step<unknown, unknown, unknown>) => {
      const made = step.outputs.map((value, i) => {
        const headers = headersFor(index + i);
        const sequence = person.outSequence + i + 1;
        const bytes = task.output.encode(value, { id: headers['event-id'], sequence });
        if (bytes.length > maxBytes) {
          throw new Error(`an output of ${bytes.length} bytes is larger than the limit of ${maxBytes}`);
        }
        return {
          key,
          value: bytes,
          at,
          headers: { schema: task.output.schema, ...headers, sequence: String(sequence) },
        };
      });
      outputs.push(...made);
      index += made.length;
      person.outSequence += made.length;
      person.state = step.state;
      person.wakeAt = step.state === null ? null : (step.wakeAt ?? null);
      if (step.shared !== undefined) {
        shared = step.shared;
        isSharedSet = true;
      }
    };
    const wake = (key: string, person: Person) => {
      const at = person.wakeAt!;
      let isBuried = false;
      try {
        const step = task.wake!(person.state, at, shared);
        if (step.wakeAt !== undefined && step.wakeAt <= at) {
          throw new Error(`wakeAt must be later than ${at}, at which it was called, not ${step.wakeAt}`);
        }
        write(key, person, at, step);
      } catch (error) {
        const headers = { schema: 'wake-up/1', ...headersFor(letter++), error: (error as Error).message };
        letters.push({ key, value: encodeJson({ key, wakeAt: toIso(at) }), at, headers });
        person.wakeAt = null;
        isBuried = true;
      }
      fired.push({ key, wakeAt: at, offset: record.offset, isBuried });
    };
    const forward = () => {
      const headers = { schema: record.headers['schema']!, ...headersFor(index++), sequence: '0' };
      outputs.push({ key: null, value: record.value, at: record.at, headers });
    };
    const bury = (error: string) => {
      const { schema, sequence, 'event-id': id } = record.headers;
      const headers = {
        ...{ schema: schema ?? '', ...headersFor(letter++), error },
        ...(id === undefined ? {} : { 'replay-of': id }),
        ...(sequence === undefined ? {} : { sequence }),
      };
      letters.push({ key: record.key, value: record.value, at: record.at, headers });
    };

    const { 'replay-for': stage, 'replay-of': back } = record.headers;
    const isSentBack = stage !== undefined && back !== undefined;
    if (stage !== undefined && stage !== task.name) continue;
    if (isSentBack) {
      if (ids.has(`letter/${back}`)) {
        duplicates++;
        continue;
      }
      ids.set(`letter/${back}`, 2 ** 31 - 1);
    }
    const recordAt = isSentBack ? Math.max(now, record.at) : record.at;

    const cause = /^(.*)\/\d+\/(\d+)\.(\d+)$/.exec(record.headers['source'] ?? '');
    if (cause) {
      const [offset, i] = [Number(cause[2]), Number(cause[3])];
      if (source && (offset < source.offset || (offset === source.offset && i <= source.index))) continue;
      source = { logId: cause[1]!, offset, index: i };
    }
    const { key } = record;
    const { schema } = record.headers;
    if (key === null) {
      if (schema === 'tick/1') {
        now = Math.max(now, tickCodec.decode(record.value).at);
        for (;;) {
          const due = [...people]
            .filter(([, person]) => person.wakeAt !== null && person.wakeAt <= now)
            .sort(([a, x], [b, y]) => x.wakeAt! - y.wakeAt! || Buffer.compare(Buffer.from(a), Buffer.from(b)))[0];
          if (!due) break;
          wake(...due);
        }
        forward();
      } else if (schema === 'release/1') {
        shared = task.release!(shared, releaseCodec.decode(record.value));
        isSharedSet = true;
        forward();
      } else {
        bury(`a record without a key must be a tick or a release, not ${JSON.stringify(schema ?? null)}`);
      }
      continue;
    }
    let person = people.get(key);
    if (!person) people.set(key, (person = { state: undefined, inSequence: 0, outSequence: 0, wakeAt: null }));
    if (isSentBack && schema === 'wake-up/1') {
      const wakeAt = Date.parse((JSON.parse(new TextDecoder().decode(record.value)) as { wakeAt: string }).wakeAt);
      const isForgotten = person.state === undefined || person.state === null;
      if (isForgotten || (person.wakeAt !== null && person.wakeAt !== wakeAt)) continue;
      person.wakeAt = wakeAt;
      if (wakeAt <= now) wake(key, person);
      continue;
    }
    if (record.headers['sequence'] !== undefined && !isSentBack) person.inSequence = Number(record.headers['sequence']);
    let input: unknown;
    try {
      input = task.input.decode(record.value);
    } catch (error) {
      bury((error as Error).message);
      continue;
    }
    const day = Math.floor(Math.max(now, record.at) / 86_400_000);
    const id = task.messageId?.(input);
    if (id !== undefined) {
      if ((ids.get(id) ?? -Infinity) >= day - windowDays) {
        duplicates++;
        continue;
      }
    }
    while (person.wakeAt !== null && person.wakeAt <= recordAt) wake(key, person);
    try {
      write(key, person, recordAt, task.step(person.state ?? undefined, input, recordAt, shared));
      if (id !== undefined) ids.set(id, day);
    } catch (error) {
      bury((error as Error).message);
    }
  }

  const customers = new Map(
    Array.from(people, ([key, { state, ...rest }]) => {
      const bytes = state === undefined || state === null ? null : { version: 1, bytes: task.state.encode(state) };
      return [key, { key, state: bytes, ...rest }] as const;
    }),
  );
  const position = log.length;
  const bytes = isSharedSet ? { version: 1, bytes: task.shared!.codec.encode(shared) } : null;
  return {
    ...{ outputs, letters, customers, fired, messageIds: ids },
    progress: { position, outputs: 0, letters: 0, now, source, duplicates, shared: bytes },
  };
}
