import { expect, it } from '@jest/globals';

import { checkedLogits } from './checked-logits.js';

it('a method must give a number for each customer', () => {
  const logits = Float64Array.of(-1, Infinity, 0);
  expect(checkedLogits(logits, 3)).toBe(logits);
  expect(() => checkedLogits(logits, 4)).toThrow('it gave 3 logits for 4 customers.');
  expect(() => checkedLogits(Float64Array.of(1, NaN, 0), 3)).toThrow('the logit of customer 2 of 3 is no number.');
});
