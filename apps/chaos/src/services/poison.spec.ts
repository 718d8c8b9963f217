import { describe, expect, it } from '@jest/globals';
import { MAX_RECORD_BYTES } from '@holdfast/broker';
import { encodeJson, type Topic } from '@holdfast/schemas';
import { type Sink, type Task } from '@holdfast/stream';

import { BAD, poisonName, poisonSink, poisonTask } from './poison.js';

interface Event {
  readonly messageId: string;
}
interface Fact {
  readonly data: { readonly orderId: string };
}
const topic = <T>(): Topic<T> => ({
  ...{ name: 'topic', schema: 'topic/1', retentionDays: null, about: '' },
  encode: (value) => encodeJson(value),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as T,
});
const task: Task<{ readonly customer: string }, null, Event, Event> = {
  ...{ name: 'scoring', input: topic<Event>(), output: topic<Event>() },
  state: { version: 1, encode: (state) => encodeJson(state), decode: () => ({ customer: '' }) },
  step: (state, event) => ({ state: state ?? null, outputs: [{ ...event }] }),
  wake: (state) => ({ state, outputs: [] }),
};
const META = { id: '', sequence: 0 };
const bad = (kind: string, stage = 'scoring'): Event => ({ messageId: `${poisonName(stage, kind)}-3-${BAD}` });

/** What becomes of an event: the size of its output, or why there is none. */
function outcome(event: Event, isPoisoned = true): number | string {
  const { input, output, step } = poisonTask(task, () => isPoisoned);
  try {
    const { outputs } = step(undefined, input.decode(encodeJson(event)) as Event, 0, null);
    return output.encode(outputs[0], META).length;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('poison', () => {
  it('is what its name says, in the stage it is for, and nothing else', () => {
    expect(outcome(bad('decode'))).toBe('poison for decode');
    expect(outcome(bad('step'))).toBe('poison for step');
    expect(outcome(bad('output'))).toBeGreaterThanOrEqual(MAX_RECORD_BYTES);
    for (const event of [bad('step', 'features'), { messageId: `${poisonName('scoring', 'step')}-3-first` }])
      expect(outcome(event)).toBe(encodeJson(event).length);
  });

  it('is none once the program has been mended', () => {
    for (const kind of ['decode', 'step', 'output']) expect(outcome(bad(kind), false)).toEqual(expect.any(Number));
  });

  it('keeps whoever is called so from being woken', () => {
    const { wake } = poisonTask(task);
    expect(() => wake!({ customer: `${poisonName('scoring', 'wake-up')}-3` }, 0, null)).toThrow('poison for wake-up');
    expect(wake!({ customer: `${poisonName('scoring', 'step')}-3` }, 0, null).outputs).toEqual([]);
  });

  it('makes a sink fail that has done its work already', async () => {
    const applied: string[] = [];
    const sink: Sink<Fact> = {
      ...{ name: 'dispatch', input: topic<Fact>() },
      async apply(records) {
        for (const each of records) if (each.kind === 'record') applied.push(each.value.data.orderId);
      },
    };
    const poisoned = poisonSink(sink);
    const apply = (orderId: string) => {
      const about = { id: '', key: '', sequence: 1, at: 0 };
      return poisoned.apply([{ kind: 'record', ...about, value: { data: { orderId } } }], 0, null!);
    };
    await apply('order');
    await expect(apply(bad('step', 'dispatch').messageId)).rejects.toThrow('poison for step');
    expect(applied).toHaveLength(2);
    const decoded = encodeJson({ data: { orderId: bad('decode', 'dispatch').messageId } });
    expect(() => poisoned.input.decode(decoded)).toThrow('poison for decode');
  });
});
