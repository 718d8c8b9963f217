// A customer of the undisturbed fold.
import { type Millis } from '@holdfast/schemas';

export interface FoldedCustomer {
  readonly key: string;
  /** undefined: none, or forgotten. */
  state: unknown;
  /** Sequence of the last record read and written. */
  inSequence: number;
  outSequence: number;
  wakeAt: Millis | null;
  /** False: only asked for; nothing came of it. */
  isKnown: boolean;
}

export const newCustomer = (key: string): FoldedCustomer => ({
  key,
  state: undefined,
  inSequence: 0,
  outSequence: 0,
  wakeAt: null,
  isKnown: false,
});
