// What a running shop knows by now.
import { type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { type DrawsOf } from './left-alone.js';

export interface Known {
  readonly histories: readonly History[];
  /** First and last instant of which all is known. */
  readonly from: Millis;
  readonly until: Millis;
  /** Who was contacted. */
  readonly drawsOf: DrawsOf;
}
