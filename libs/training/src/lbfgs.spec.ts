import { describe, expect, it } from '@jest/globals';

import { minimise } from './lbfgs.js';

describe('the lowest point', () => {
  it('of a long bent valley (Rosenbrock)', () => {
    const valley = ([x, y]: Float64Array) => ({
      value: (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2,
      gradient: new Float64Array([-2 * (1 - x!) - 400 * x! * (y! - x! * x!), 200 * (y! - x! * x!)]),
    });
    const [x, y] = minimise(valley, new Float64Array([-1.2, 1]), { tolerance: 1e-9 });
    expect(x).toBeCloseTo(1, 7);
    expect(y).toBeCloseTo(1, 7);
  });

  it('is where it starts when nothing is lower', () => {
    const bowl = (at: Float64Array) => ({ value: at[0]! ** 2, gradient: new Float64Array([2 * at[0]!]) });
    expect([...minimise(bowl, new Float64Array(1))]).toEqual([0]);
  });
});
