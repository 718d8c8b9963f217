// Two tasks in a row that use everything a task can do, and whose every output depends on all that went before, so that any record
// lost, doubled, stepped twice or in another order changes the bytes that follow.
import { deadLetterTopic, encodeJson, type Millis, type Release, type Topic } from '@holdfast/schemas';

import { type StateCodec, type Step, type Task } from '../task.js';

/** What an input record makes its customer do. */
export interface Deed {
  readonly id: string;
  readonly who: string;
  readonly outputs: number;
  /** Wakes up so long after the record, `again` more times every `every` ms (0: not allowed, a failing wake-up). */
  readonly delay: number | null;
  readonly again: number;
  readonly every: number;
  readonly mood: 'calm' | 'step fails' | 'wake fails' | 'too large' | 'forgets';
}

/** What both tasks write. */
export interface Trace {
  readonly who: string;
  readonly at: Millis;
  readonly hash: number;
  readonly padding?: string;
}

interface Memory {
  readonly who: string;
  readonly hash: number;
  readonly again: number;
  readonly every: number;
  readonly wakeFails: boolean;
}

interface Echo {
  readonly who: string;
  readonly hash: number;
}

/** Shared state of both. */
export interface Mood {
  readonly hash: number;
  readonly release: string;
  /** Every wake-up that has been fired, in order. */
  readonly fired: readonly { readonly key: string; readonly wakeAt: Millis }[];
}

const json = <T>(): { decode(bytes: Uint8Array): T } => ({
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T,
});
const stateCodec = <T>(): StateCodec<T> => ({ version: 1, encode: encodeJson, ...json<T>() });
const topic = <T>(name: string): Topic<T> => ({
  name,
  schema: `${name}/1`,
  retentionDays: null,
  about: '',
  encode: (value, meta) => encodeJson({ ...value, ...meta }),
  ...json<T>(),
});

export const DEEDS = topic<Deed>('deeds');
export const TRACES = topic<Trace>('traces');
export const ECHOES = topic<Trace>('echoes');
/** Outputs above this are too large. */
export const MAX_BYTES = 600;

const mix = (...values: readonly (number | string)[]): number => {
  let hash = 0x811c9dc5;
  for (const character of values.join('|')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
};

const shared = { codec: stateCodec<Mood>(), initial: { hash: 1, release: '', fired: [] } };
const release = (mood: Mood, { artifact }: Release): Mood => ({ ...mood, release: artifact });
/** A wake-up that counts for all that come after it changes `hash`. */
const wokenIn = (mood: Mood, key: string, wakeAt: Millis, hash = mood.hash): Mood => ({
  ...mood,
  hash,
  fired: [...mood.fired, { key, wakeAt }],
});

export const tracer: Task<Memory, Mood, Deed, Trace> = {
  name: 'tracer',
  input: DEEDS,
  output: TRACES,
  state: stateCodec(),
  shared,
  messageId: (deed) => deed.id,
  step(state, deed, at, mood): Step<Memory, Mood, Trace> {
    if (deed.mood === 'step fails') throw new Error('simulated: the step fails');
    const hash = mix(state?.hash ?? 0, deed.id, at, mood.hash, mood.release);
    const outputs = Array.from({ length: deed.outputs }, (_, i) => ({
      who: deed.who,
      at,
      hash: hash + i,
      ...(deed.mood === 'too large' ? { padding: 'x'.repeat(MAX_BYTES) } : {}),
    }));
    return {
      state:
        deed.mood === 'forgets'
          ? null
          : { who: deed.who, hash, again: deed.again, every: deed.every, wakeFails: deed.mood === 'wake fails' },
      outputs,
      ...(deed.delay === null ? {} : { wakeAt: at + deed.delay }),
      ...(hash % 3 === 0 ? { shared: { ...mood, hash: mix(mood.hash, hash) } } : {}),
    };
  },
  wake(state, at, mood): Step<Memory, Mood, Trace> {
    if (state.wakeFails && state.again % 2 === 0) throw new Error('simulated: the wake-up fails');
    const hash = mix(state.hash, at, mood.hash, mood.release);
    return {
      state: { ...state, hash, again: state.again - 1 },
      outputs: hash % 4 === 0 ? [] : [{ who: state.who, at, hash }],
      ...(state.again > 0 ? { wakeAt: at + state.every } : {}),
      shared: wokenIn(mood, state.who, at, hash % 5 === 0 ? mix(mood.hash, hash) : mood.hash),
    };
  },
  release,
};

export const echoer: Task<Echo, Mood, Trace, Trace> = {
  name: 'echoer',
  input: TRACES,
  output: ECHOES,
  state: stateCodec(),
  shared,
  step(state, trace, at, mood): Step<Echo, Mood, Trace> {
    const { who } = trace;
    const hash = mix(state?.hash ?? 0, trace.hash, at, mood.hash, mood.release);
    return {
      state: { who, hash },
      outputs: hash % 2 === 0 ? [{ who, at, hash }] : [],
      wakeAt: at + 1 + (hash % 200_000_000),
      shared: { ...mood, hash: mix(mood.hash, hash) },
    };
  },
  wake(state, at, mood): Step<Echo, Mood, Trace> {
    const { who } = state;
    const hash = mix(state.hash, at, mood.hash);
    return {
      state: { who, hash },
      outputs: [{ who, at, hash }],
      ...(hash % 3 === 0 ? { wakeAt: at + 1 + (hash % 90_000_000) } : {}),
      shared: wokenIn(mood, who, at),
    };
  },
  release,
};

/** In order. `logId`: of the input. */
export const STAGES = [
  { task: tracer as Task<unknown, unknown, unknown, unknown>, logId: 'deeds', letters: deadLetterTopic(tracer.name) },
  { task: echoer as Task<unknown, unknown, unknown, unknown>, logId: 'traces', letters: deadLetterTopic(echoer.name) },
] as const;
