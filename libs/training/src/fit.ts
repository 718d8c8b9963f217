// Training: random batches of customers, the epoch chosen by validation log-loss *after* calibration, measured on the network as it is
// used. Raw log-loss picks by season (model.md §4), and so does log-loss after a mere slope: on Online Retail II it kept falling while
// validation AUC fell from .783 to .760, because later epochs had learnt the level of the last months. Hence level and slope here; of
// what is served: calibration.ts.
import { WIDE_SIZE } from '@holdfast/features';
import { sigmoid } from '@holdfast/model';

import { batchOf } from './batch.js';
import { fitPlatt, fitSlope } from './calibration.js';
import { type History } from './history.js';
import { areWholeDays, drawLandmark, type Teacher, type TrainingPeriod } from './landmarks.js';
import { mean } from './mean.js';
import { metricsOf } from './metrics.js';
import { type NetworkKind } from './networks/network-kind.js';
import { firstWeights, masksFor, Network, type Weights } from './networks/network.js';
import { adam, LEARNING_RATE } from './optimiser.js';
import { type AtRisk, atRiskAt } from './population.js';
import { type Random, randomFor, shuffled } from './random.js';
import { TooFew } from './too-few.js';
import { lengthOf, type Scaler, scalerOf, type Sequence, sequencesOf, wideOfLandmark } from './training-set.js';

const DROPOUT = 0.1;
const PATIENCE = 5;
/** Of a warm start: little by little, or what was learnt is forgotten. */
const WARM_RATE = LEARNING_RATE / 4;
const WARM_EPOCHS = 5;

/** Where training stands, after each batch and each epoch. */
export interface FitProgress {
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  /** Mean training loss of this epoch so far. */
  readonly loss: number;
  /** Best calibrated validation log-loss so far, `null` in the first epoch. */
  readonly validation: number | null;
}

/** A shop to learn from, with what is known of it. */
export interface Lesson extends TrainingPeriod {
  readonly histories: readonly History[];
  /** Usual order, minor units: see median-order.ts. */
  readonly medianOrderMinor: number;
  /** Default: labels are what happened. */
  readonly teacher?: Teacher;
}

/** How a fit is steered and heard from. */
export interface FitOptions {
  readonly seed: number;
  /** Most epochs. */
  readonly epochs: number;
  /** Called often; may wait, so that the caller's event loop turns. */
  onProgress?(progress: FitProgress): Promise<void> | void;
  /** True: finish now and keep the best so far. */
  shouldStop?(): boolean;
}

/** What a warm start begins with: a network, and what its inputs are scaled by. */
export type Beginning<Name extends string> = Pick<Fitted<Name>, 'weights' | 'scaler'>;

/** The best network found. */
export interface Fitted<Name extends string> {
  readonly weights: Weights<Name>;
  readonly scaler: Scaler;
  /** Slope on the logit, from validation; of several shops the mean. */
  readonly slope: number;
  /** Validation log-loss after calibration with level and slope, of several shops the mean: what the epoch was chosen by. */
  readonly validation: number;
  /** Epoch of the weights, from 1; 0: stopped within the first, or none was better than the network that it began with. */
  readonly epoch: number;
  readonly epochsRun: number;
  readonly customers: number;
  readonly stopped: boolean;
}

/** Trains on one shop, or on several at once; from a `beginning` on in a few small steps. Throws `RangeError` when one teaches nothing. */
export async function fit<Name extends string>(
  lessons: readonly Lesson[],
  kind: NetworkKind<Name>,
  options: FitOptions,
  beginning?: Beginning<Name>,
): Promise<Fitted<Name>> {
  const { seed } = options;
  const shops = lessons.map((lesson) => studied(lesson));
  const sequences = shops.flatMap((shop) => shop.sequences);
  const random = randomFor(seed, 'landmarks');
  const scaler = beginning?.scaler ?? fitScaler(sequences, random);
  const run = { ...options, kind, scaler, shops, sequences, random, isWarm: beginning !== undefined };
  const weights = beginning?.weights ?? firstWeights(kind.architecture, randomFor(seed, 'weights'));
  const network = new Network(kind.architecture, weights);
  try {
    const best = await descend(network, run);
    return { ...best, scaler, customers: sequences.length };
  } finally {
    network.dispose();
  }
}

/** Customers of a batch, by those that there are. */
export const batchSizeOf = (customers: number): number => Math.round(Math.min(256, Math.max(24, customers / 20)));

/** A shop, laid out. */
interface Studied extends Lesson {
  readonly sequences: readonly Sequence[];
  readonly validation: readonly AtRisk[];
}

function studied(lesson: Lesson): Studied {
  const { histories, split, horizonDays, medianOrderMinor, teacher } = lesson;
  if (split.trainFrom === split.trainUntil)
    throw new RangeError(
      'A network learns from the time between the first and the last training cut-off: name two or more in --train.',
    );
  const scale = { horizonDays, medianOrderMinor };
  const shop = { scale, wholeDays: areWholeDays(histories), ...(teacher && { teacher }) };
  const sequences = sequencesOf(histories, lesson, shop);
  const validation = atRiskAt(histories, split.validation, lesson);
  if (sequences.length < 20 || validation.length < 20)
    throw new TooFew(
      `There are ${sequences.length} customers to train on and ${validation.length} to validate with; both need at least 20. ` +
        'Import more history.',
    );
  return { ...lesson, sequences, validation };
}

interface Run<Name extends string> extends FitOptions {
  readonly kind: NetworkKind<Name>;
  readonly scaler: Scaler;
  readonly shops: readonly Studied[];
  /** Of all shops. */
  readonly sequences: readonly Sequence[];
  readonly random: Random;
  readonly isWarm: boolean;
}

type Best<Name extends string> = Pick<
  Fitted<Name>,
  'weights' | 'slope' | 'validation' | 'epoch' | 'epochsRun' | 'stopped'
>;

async function descend<Name extends string>(network: Network<Name>, run: Run<Name>): Promise<Best<Name>> {
  const { sequences, seed, isWarm } = run;
  const epochs = isWarm ? Math.min(WARM_EPOCHS, run.epochs) : run.epochs;
  const size = batchSizeOf(sequences.length);
  const batches = Math.ceil(sequences.length / size);
  const norm = sequences.reduce((sum, { weight }) => sum + weight, 0) / batches;
  const order = randomFor(seed, 'batches');
  const dropout = randomFor(seed, 'dropout');
  const optimiser = adam(network.variables, isWarm ? WARM_RATE : LEARNING_RATE);
  let best: Best<Name> | null = isWarm
    ? { ...judge(network.weights(), run), epoch: 0, epochsRun: 0, stopped: false }
    : null;
  let stopped = false;
  let epoch = 0;
  try {
    while (epoch < epochs && !stopped && epoch - (best?.epoch ?? epoch) < PATIENCE) {
      epoch += 1;
      const mixed = shuffled(sequences, order);
      let sum = 0;
      let done = 0;
      while (done < batches && !stopped) {
        const batch = batchOf(mixed.slice(done * size, (done + 1) * size), run);
        sum += optimiser.step(() => network.loss(batch, norm, masksFor(batch.label.length, DROPOUT, dropout)));
        done += 1;
        await run.onProgress?.({ epoch, batch: done, batches, loss: sum / done, validation: best?.validation ?? null });
        stopped = run.shouldStop?.() ?? false;
      }
      // A last epoch that was cut short counts too, if it happens to be the best, or the only one.
      const judged = judge(network.weights(), run);
      if (best === null || judged.validation < best.validation) {
        best = { ...judged, epoch: done === batches ? epoch : epoch - 1, epochsRun: epoch, stopped };
      }
    }
  } finally {
    optimiser.dispose();
  }
  if (best === null) throw new RangeError(`epochs must be at least 1, not ${epochs}`);
  return { ...best, epochsRun: epoch, stopped };
}

/** Slope on validation, and its log-loss once level and slope are right; of several shops the means. */
function judge<Name extends string>(
  weights: Weights<Name>,
  { kind, scaler, shops, seed }: Run<Name>,
): Pick<Fitted<Name>, 'weights' | 'slope' | 'validation'> {
  const judged = shops.map((shop) => {
    const logits = kind.logits(weights, shop.validation, { ...shop, scaler, seed });
    const y = Uint8Array.from(shop.validation, (one) => Number(one.churned));
    const { logloss } = metricsOf({ p: fitPlatt(logits, y)(logits).map(sigmoid), y });
    return { slope: fitSlope(logits, y), logloss };
  });
  return {
    weights,
    slope: mean(judged.map(({ slope }) => slope)),
    validation: mean(judged.map(({ logloss }) => logloss)),
  };
}

function fitScaler(sequences: readonly Sequence[], random: Random): Scaler {
  const asked = sequences.flatMap(({ history, shop, stretches }) =>
    stretches.filter((of) => of.length > 0).map((of) => ({ history, shop, of })),
  );
  const rows = new Float32Array(asked.length * WIDE_SIZE);
  const weights = Float64Array.from(asked, ({ history, shop, of }, i) => {
    const { scale, wholeDays } = shop;
    const landmark = drawLandmark(history, of, { random, horizonDays: scale.horizonDays, wholeDays });
    wideOfLandmark(history, landmark, scale, { out: rows, offset: i * WIDE_SIZE });
    return lengthOf(of, shop);
  });
  return scalerOf(rows, weights);
}
