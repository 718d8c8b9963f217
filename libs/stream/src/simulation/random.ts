// Seeded chance: mulberry32 (T. Ettinger, public domain). The same seed gives the same simulation, step for step.

export class Random {
  constructor(private seed: number) {}

  /** 0 ≤ x < 1 */
  next(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, 0 ≤ n < below */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** A whole number, from ≤ n ≤ to */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
