// A random input log: few customers, much trouble.
import { type BrokerRecord } from '@holdfast/broker';
import {
  HEADERS,
  RELEASE_SCHEMA,
  releaseCodec,
  TICK_SCHEMA,
  tickCodec,
  WAKE_UP_SCHEMA,
  wakeUpCodec,
} from '@holdfast/schemas';

import { DEEDS, type Deed, echoer, tracer } from './example-tasks.js';
import { type Random } from './random.js';

// U+FF5E comes before U+1F600 in UTF-8 and after it in UTF-16.
const NAMES = ['s/a', 's/b', 's/\u{ff5e}', 's/\u{1f600}', 's/c', 's/d'];
const MOODS = ['step fails', 'wake fails', 'wake fails', 'wake fails', 'too large', 'forgets'] as const;
const START = 1_700_000_000_000;

/** Records of one partition, the last of which is a tick far ahead. */
export function makeLog(random: Random, length: number): BrokerRecord[] {
  const isBusy = random.chance(0.4);
  const names = NAMES.slice(0, random.between(isBusy ? 4 : 1, NAMES.length));
  const ids: string[] = [];
  const records: BrokerRecord[] = [];
  let at = START;
  const step = random.pick([8, 1_000, 1_000_000, 50_000_000]);
  const back = random.pick([0.05, 0.3]);
  const [ticks, others] = [random.pick([0.03, 0.25]), random.pick([0.03, 0.1])];
  for (let i = 0; i < length; i++) {
    at += random.below(step);
    const kind = random.next();
    if (kind < ticks) records.push(tick(at + random.between(-step, 2 * step)));
    else if (kind < ticks + others) records.push(release(at, `artifact-${i}`));
    else if (kind < ticks + 2 * others) records.push(garbage(at, random.chance(0.8) ? random.pick(names) : null));
    else {
      const isRepeat = ids.length > 0 && random.chance(0.15);
      const id = isRepeat ? random.pick(ids) : `m${i}`;
      ids.push(id);
      const who = random.pick(names);
      const done = deed(at - random.below(step * 2), makeDeed(random, { id, who, step, isBusy }));
      records.push(random.chance(back) ? sentBack(random, random.chance(0.5) ? done : wakeUp(done.at, who)) : done);
    }
  }
  records.push(tick(at + 4 * step));
  return records;
}

interface DeedOptions {
  readonly id: string;
  readonly who: string;
  readonly step: number;
  /** Many wake up soon, and few fail. */
  readonly isBusy: boolean;
}

function makeDeed(random: Random, { id, who, step, isBusy }: DeedOptions): Deed {
  return {
    id,
    who,
    outputs: random.below(3),
    delay: random.chance(isBusy ? 0.95 : 0.7) ? random.between(-step, isBusy ? step : 3 * step) : null,
    again: random.below(4),
    every: random.chance(0.1) ? 0 : random.between(1, step),
    mood: random.chance(isBusy ? 0.9 : 0.6) ? 'calm' : random.pick(MOODS),
  };
}

const deed = (at: number, value: Deed): BrokerRecord => {
  const headers = { [HEADERS.schema]: DEEDS.schema, [HEADERS.eventId]: value.id };
  return { key: value.who, value: DEEDS.encode(value, { id: value.id, sequence: 0 }), headers, at };
};
const tick = (at: number): BrokerRecord => {
  const value = tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 });
  return { key: null, value, headers: { [HEADERS.schema]: TICK_SCHEMA }, at };
};
const release = (at: number, artifact: string): BrokerRecord => {
  const value = releaseCodec.encode({ type: 'release', at, artifact }, { id: '', sequence: 0 });
  return { key: null, value, headers: { [HEADERS.schema]: RELEASE_SCHEMA }, at };
};
const wakeUp = (at: number, key: string): BrokerRecord => {
  const value = wakeUpCodec.encode({ key, wakeAt: at }, { id: '', sequence: 0 });
  return { key, value, headers: { [HEADERS.schema]: WAKE_UP_SCHEMA }, at };
};
/** As if it had been a dead letter; there are few of these, so that some come twice. */
const sentBack = (random: Random, record: BrokerRecord): BrokerRecord => {
  const stage = random.chance(0.9) ? tracer.name : echoer.name;
  const headers = { [HEADERS.replayOf]: `letter-${random.below(4)}`, [HEADERS.replayFor]: stage };
  return { ...record, headers: { ...record.headers, ...headers } };
};
const garbage = (at: number, key: string | null): BrokerRecord => ({
  key,
  value: new TextEncoder().encode('{'),
  headers: {},
  at,
});
