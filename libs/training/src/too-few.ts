/** Fewer customers teach nothing, and prove nothing. */
export const FEWEST_CUSTOMERS = 20;

/** There is too little to learn from; the message says what would do. */
export class TooFew extends RangeError {
  override readonly name = 'TooFew';
}
