// The raw step inputs of a customer's last events, packed: what a network that reads events in another way makes its memory from.
import { type Millis } from '@holdfast/schemas';

import { STEP, STEP_INPUTS } from './step-inputs.js';

type Name = (typeof STEP_INPUTS)[number];

/** Whole numbers: of one byte, and of two. */
const BYTES: readonly Name[] = ['type', 'newSession', 'weekday', 'discount', 'first', 'device', 'category'];
const SHORTS: readonly Name[] = ['eventsInSession'];
const FLOATS: readonly Name[] = ['amountMinor', 'quantity', 'gapHours', 'hour', 'events', 'tenureDays', 'recencyDays'];
const TIME = 8;
const SIZE = TIME + BYTES.length + 2 * SHORTS.length + 4 * FLOATS.length;

/** A step that was read. */
export interface KeptStep {
  /** When it happened. */
  readonly at: Millis;
  /** Raw step input, [STEP_INPUTS.length]. */
  readonly x: readonly number[];
}

/** So many steps are kept: what the shipped network has read before them it has forgotten (docs/decisions/reasons.md). */
export const KEPT_STEPS = 32;

/** The packed steps with one more, without those that are too old. Amounts and durations are kept as float32. */
export function withStep(packed: Uint8Array, { at: time, x }: KeptStep): Uint8Array {
  const kept = packed.subarray(Math.max(0, packed.length - (KEPT_STEPS - 1) * SIZE));
  const bytes = new Uint8Array(kept.length + SIZE);
  bytes.set(kept);
  const view = new DataView(bytes.buffer);
  view.setFloat64(kept.length, time, true);
  let at = kept.length + TIME;
  for (const name of BYTES) bytes[at++] = Math.min(255, x[STEP[name]]!);
  for (const name of SHORTS) {
    view.setUint16(at, Math.min(65_535, x[STEP[name]]!), true);
    at += 2;
  }
  for (const name of FLOATS) {
    view.setFloat32(at, x[STEP[name]]!, true);
    at += 4;
  }
  return bytes;
}

/** How many there are. */
export const countSteps = (packed: Uint8Array): number => Math.floor(packed.length / SIZE);

/** Those that happened before an instant. */
export function stepsBefore(packed: Uint8Array, at: Millis): Uint8Array {
  let kept: Uint8Array = new Uint8Array();
  for (const step of stepsOf(packed)) if (step.at < at) kept = withStep(kept, step);
  return kept;
}

/** The steps, in the order in which they were read. */
export function* stepsOf(packed: Uint8Array): Generator<KeptStep> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let at = 0; at + SIZE <= packed.length; at += SIZE) {
    const x = new Array<number>(STEP_INPUTS.length);
    const bytes = at + TIME;
    BYTES.forEach((name, i) => (x[STEP[name]] = packed[bytes + i]!));
    const shorts = bytes + BYTES.length;
    SHORTS.forEach((name, i) => (x[STEP[name]] = view.getUint16(shorts + 2 * i, true)));
    const floats = shorts + 2 * SHORTS.length;
    FLOATS.forEach((name, i) => (x[STEP[name]] = view.getFloat32(floats + 4 * i, true)));
    yield { at: view.getFloat64(at, true), x };
  }
}
