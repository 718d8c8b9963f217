// A network that is asked anew at the moment itself, as challengers are: no curve, no kernel of its own.
import * as tf from '@tensorflow/tfjs';
import { WIDE_SIZE, wideAt } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { laidOut, silenceInputs } from '../batch.js';
import { type AtRisk } from '../population.js';
import { type Scaler, encodedSteps, standardise } from '../training-set.js';
import { type NetworkKind } from './network-kind.js';
import { type Architecture, Network } from './network.js';

/** Customers that are scored at a time. */
const CHUNK = 500;

/** A kind of network whose logits are had so. */
export const rescored = <Name extends string>(architecture: Architecture<Name>): NetworkKind<Name> => ({
  architecture,
  logits(weights, population, { horizonDays, medianOrderMinor, scaler }) {
    const network = new Network(architecture, weights);
    const scale = { horizonDays, medianOrderMinor };
    const logits = new Float64Array(population.length);
    const encoded = population.map(({ history, index }, row) => {
      const xs = history.moments.slice(0, index + 1).flatMap(({ x }) => (x === null ? [] : [x]));
      return { row, ...encodedSteps(xs, scale) };
    });
    const sorted = encoded.sort((a, b) => b.categories.length - a.categories.length);
    for (let from = 0; from < sorted.length; from += CHUNK) {
      const chunk = sorted.slice(from, from + CHUNK);
      const layout = laidOut(chunk);
      const before = layout.counts.map((_, t) => layout.counts.slice(0, t).reduce((sum, count) => sum + count, 0));
      const last = chunk.map(({ categories }, i) => before[categories.length - 1]! + i);
      const asked = askedOf(chunk.map(({ row }) => population[row]!), scale, scaler); // prettier-ignore
      const found = tf.tidy(() => network.head(tf.gather(network.states(layout), last), asked, null).dataSync());
      chunk.forEach(({ row }, i) => (logits[row] = found[i]!));
    }
    network.dispose();
    return logits;
  },
});

/** What the head sees besides the hidden state. */
function askedOf(population: readonly AtRisk[], scale: Parameters<typeof wideAt>[2], scaler: Scaler) {
  const wide = new Float32Array(population.length * WIDE_SIZE);
  const silence = new Float32Array(population.length * 2);
  population.forEach(({ history, index, at }, i) => {
    const moment = history.moments[index]!;
    const row = wide.subarray(i * WIDE_SIZE, (i + 1) * WIDE_SIZE);
    wideAt(moment.w, (at - moment.at) / DAY, scale, row);
    standardise(row, scaler);
    silence.set(silenceInputs(((at - moment.lastActivityAt!) / DAY / scale.horizonDays) * 90), 2 * i);
  });
  return { wide, silence };
}
