// Chance from a seed: the same seed gives the same training, byte for byte.
import { seededRandom } from '@holdfast/model';

/** A stream of seeded chance. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** A stream that depends on the seed and on what it is for, so that one more draw here changes nothing there. */
export function randomFor(seed: number, purpose: string): Random {
  let state = seed | 0;
  for (let i = 0; i < purpose.length; i++) state = Math.imul(state ^ purpose.charCodeAt(i), 0x01000193);
  return { next: seededRandom(state) };
}

/** A copy in random order (Fisher–Yates). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** `length` numbers uniform in [−bound, bound). */
export const uniform = (length: number, bound: number, random: Random): Float32Array =>
  Float32Array.from({ length }, () => (2 * random.next() - 1) * bound);
