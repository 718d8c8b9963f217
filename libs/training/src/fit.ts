// Training: random batches of customers, the epoch chosen by validation log-loss *after* calibration, measured on the network as it is
// used. Raw log-loss picks by season (model.md §4), and so does log-loss after a mere slope: on Online Retail II it kept falling while
// validation AUC fell from .783 to .760, because later epochs had learnt the level of the last months. Hence level and slope here; of
// what is served: calibration.ts.
import { type Scale, WIDE_SIZE } from '@holdfast/features';
import { sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { batchOf } from './batch.js';
import { fitPlatt, fitSlope } from './calibration.js';
import { type History } from './history.js';
import { areWholeDays, drawLandmark, type Teacher } from './landmarks.js';
import { medianOrder } from './median-order.js';
import { metricsOf } from './metrics.js';
import { type NetworkKind } from './networks/network-kind.js';
import { firstWeights, masksFor, Network, type Weights } from './networks/network.js';
import { adam, LEARNING_RATE } from './optimiser.js';
import { type AtRisk, atRiskAt, type Definition } from './population.js';
import { randomFor, shuffled } from './random.js';
import { type Split } from './split.js';
import { type Scaler, scalerOf, type Sequence, sequencesOf, wideOfLandmark } from './training-set.js';

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

export interface FitOptions extends Definition {
  readonly histories: readonly History[];
  readonly split: Split;
  readonly seed: number;
  /** Most epochs. */
  readonly epochs: number;
  /** Default: labels are what happened. */
  readonly teacher?: Teacher;
  /** Called often; may wait, so that the caller's event loop turns. */
  onProgress?(progress: FitProgress): Promise<void> | void;
  /** True: finish now and keep the best so far. */
  shouldStop?(): boolean;
}

/** What a warm start begins with: a network, and what its inputs are scaled by. */
export type Beginning<Name extends string> = Pick<Fitted<Name>, 'weights' | 'scaler' | 'medianOrderMinor'>;

/** The best network found. */
export interface Fitted<Name extends string> {
  readonly weights: Weights<Name>;
  readonly scaler: Scaler;
  readonly medianOrderMinor: number;
  /** Slope on the logit, from validation. */
  readonly slope: number;
  /** Validation log-loss after calibration with level and slope: what the epoch was chosen by. */
  readonly validation: number;
  /** Epoch of the weights, from 1; 0: stopped within the first, or none was better than the network that it began with. */
  readonly epoch: number;
  readonly epochsRun: number;
  readonly customers: number;
  readonly stopped: boolean;
}

/** Trains; from a `beginning` on in a few small steps. Throws `RangeError` when there is nothing to learn from. */
export async function fit<Name extends string>(
  options: FitOptions,
  kind: NetworkKind<Name>,
  beginning?: Beginning<Name>,
): Promise<Fitted<Name>> {
  const { histories, split, horizonDays, seed } = options;
  if (split.trainFrom === split.trainUntil)
    throw new RangeError(
      'A network learns from the time between the first and the last training cut-off: name two or more in --train.',
    );
  const medianOrderMinor = beginning?.medianOrderMinor ?? medianOrder(histories, split.trainUntil);
  const scale: Scale = { horizonDays, medianOrderMinor };
  const sequences = sequencesOf(histories, options, scale);
  const validation = atRiskAt(histories, split.validation, options);
  if (sequences.length < 20 || validation.length < 20) {
    throw new RangeError(
      `There are ${sequences.length} customers to train on and ${validation.length} to validate with; both need at least 20. ` +
        'Import more history.',
    );
  }
  const wholeDays = areWholeDays(histories);
  const random = randomFor(seed, 'landmarks');
  const scaler = beginning?.scaler ?? fitScaler(sequences, scale, { random, horizonDays, wholeDays });
  const run = { ...options, kind, scale, scaler, sequences, validation, wholeDays, random, isWarm: !!beginning };
  const weights = beginning?.weights ?? firstWeights(kind.architecture, randomFor(seed, 'weights'));
  const network = new Network(kind.architecture, weights);
  try {
    const best = await descend(network, run);
    return { ...best, scaler, medianOrderMinor, customers: sequences.length };
  } finally {
    network.dispose();
  }
}

interface Run<Name extends string> extends FitOptions {
  readonly kind: NetworkKind<Name>;
  readonly scale: Scale;
  readonly scaler: Scaler;
  readonly sequences: readonly Sequence[];
  readonly validation: readonly AtRisk[];
  readonly wholeDays: boolean;
  readonly random: ReturnType<typeof randomFor>;
  readonly isWarm: boolean;
}

type Best<Name extends string> = Pick<
  Fitted<Name>,
  'weights' | 'slope' | 'validation' | 'epoch' | 'epochsRun' | 'stopped'
>;

async function descend<Name extends string>(network: Network<Name>, run: Run<Name>): Promise<Best<Name>> {
  const { sequences, seed, isWarm } = run;
  const epochs = isWarm ? Math.min(WARM_EPOCHS, run.epochs) : run.epochs;
  const size = Math.round(Math.min(256, Math.max(24, sequences.length / 20)));
  const batches = Math.ceil(sequences.length / size);
  const unit = (run.horizonDays / 90) * DAY;
  const norm = sequences.reduce((sum, { weight }) => sum + weight / unit, 0) / batches;
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

/** Slope on validation, and its log-loss once level and slope are right. */
function judge<Name extends string>(
  weights: Weights<Name>,
  run: Run<Name>,
): Pick<Fitted<Name>, 'weights' | 'slope' | 'validation'> {
  const parts = { ...run, medianOrderMinor: run.scale.medianOrderMinor };
  const logits = run.kind.logits(weights, run.validation, parts);
  const y = Uint8Array.from(run.validation, (one) => Number(one.churned));
  const { logloss } = metricsOf({ p: fitPlatt(logits, y)(logits).map(sigmoid), y });
  return { weights, slope: fitSlope(logits, y), validation: logloss };
}

function fitScaler(sequences: readonly Sequence[], scale: Scale, drawing: Parameters<typeof drawLandmark>[2]): Scaler {
  const asked = sequences.flatMap(({ history, stretches }) =>
    stretches.filter((of) => of.length > 0).map((of) => ({ history, of })),
  );
  const rows = new Float32Array(asked.length * WIDE_SIZE);
  const weights = Float64Array.from(asked, ({ history, of }, i) => {
    const landmark = drawLandmark(history, of, drawing);
    wideOfLandmark(history, landmark, scale, { out: rows, offset: i * WIDE_SIZE });
    return of.reduce((sum, stretch) => sum + stretch.until - stretch.from, 0);
  });
  return scalerOf(rows, weights);
}
