// Tests that take minutes begin first, so that no core waits for the last of them at the end. Where Jest knows no times, in a fresh
// clone, it goes by the size of files.
import Sequencer from '@jest/test-sequencer';

/** Longest first, relative to the root. */
const LONGEST = [
  'libs/stream/src/simulation/simulation.spec.ts',
  'apps/trainer/src/evaluate/evaluate.spec.ts',
  'apps/trainer/src/populations.spec.ts',
  'libs/training/src/release.spec.ts',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((name) => path.endsWith(name));
      return place < 0 ? LONGEST.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
