// Poison: records and wake-ups that a stage cannot take, and outputs that are too large, until its program is mended. The services
// that are to be struck are poisoned by these lines, and so is the checker's undisturbed run.
import { type Sink, type Task } from '@holdfast/stream';

/** What can go wrong in each stage. */
export const POISONS = {
  features: ['decode', 'step', 'output'],
  scoring: ['decode', 'step', 'output', 'wake-up'],
  dispatch: ['decode', 'step'],
} as const;
export type PoisonedStage = keyof typeof POISONS;

/** What a poisoned customer is called, before their number. Their wake-ups are poison where the kind is `wake-up`. */
export const poisonName = (stage: string, kind: string): string => `poison-${stage}-${kind}`;

/** Ends the ids of a poisoned customer's orders that are poison, and of the events that tell of them. */
export const BAD = 'bad';

/** Larger than any output may be. */
const TOO_LARGE = new Uint8Array(1_048_576);

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tasks differ in all four
type AnyTask = Task<any, any, any, any>;

/** What identifies the records of every stage: those of the first two have a message, facts for dispatch have an order. */
interface Identified {
  readonly messageId?: string;
  readonly data?: { readonly orderId?: string };
}

/** The task, poisoned for as long as `isPoisoned` says. */
export function poisonTask(task: AnyTask, isPoisoned: () => boolean = () => true): AnyTask {
  const { input, output, name, step, stepLate, wake } = task;
  const isBad = badness(name, isPoisoned);
  const outsized = new WeakSet<object>();
  const poisoned =
    (apply: AnyTask['step']): AnyTask['step'] =>
    (state, record, ...rest) => {
      if (isBad(record, 'step')) throw new TypeError('poison for step');
      const result = apply.call(task, state, record, ...rest);
      if (isBad(record, 'output')) for (const each of result.outputs) outsized.add(each);
      return result;
    };
  return {
    ...task,
    input: { ...input, decode: poisonedDecode(input, isBad) },
    output: {
      ...output,
      encode: (value, meta) => (outsized.has(value) ? TOO_LARGE : output.encode(value, meta)),
    },
    step: poisoned(step),
    ...(stepLate ? { stepLate: poisoned(stepLate) } : {}),
    ...(wake
      ? {
          wake(state: { readonly customer: string }, ...rest) {
            if (isPoisoned() && state.customer.startsWith(poisonName(name, 'wake-up')))
              throw new TypeError('poison for wake-up');
            return wake.call(task, state, ...rest);
          },
        }
      : {}),
  };
}

/** The sink, poisoned. What it fails at is done already: only its transaction can undo it. */
export function poisonSink<Input>(sink: Sink<Input>): Sink<Input> {
  const isBad = badness(sink.name, () => true);
  return {
    ...sink,
    input: { ...sink.input, decode: poisonedDecode(sink.input, isBad) },
    async apply(records, ...rest) {
      await sink.apply(records, ...rest);
      for (const record of records)
        if (record.kind === 'record' && isBad(record.value as Identified, 'step'))
          throw new TypeError('poison for step');
    },
  };
}

type Badness = (record: Identified, kind: string) => boolean;

const badness =
  (stage: string, isPoisoned: () => boolean): Badness =>
  ({ messageId, data }, kind) => {
    const id = messageId ?? data?.orderId ?? '';
    return id.startsWith(`${poisonName(stage, kind)}-`) && id.endsWith(`-${BAD}`) && isPoisoned();
  };

const poisonedDecode =
  <Input>(input: { decode(bytes: Uint8Array): Input }, isBad: Badness) =>
  (bytes: Uint8Array): Input => {
    const record = input.decode(bytes);
    if (isBad(record as Identified, 'decode')) throw new RangeError('poison for decode');
    return record;
  };
