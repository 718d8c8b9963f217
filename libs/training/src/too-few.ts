/** There is too little to learn from; the message says what would do. */
export class TooFew extends RangeError {
  override readonly name = 'TooFew';
}
