// The network as it is served: through the kernel and the curve of libs/model, never through TensorFlow.js. Everything that is
// reported is measured on this.
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, initialLstmState, logitAt, type LstmState } from '@holdfast/model';
import { advance, curveAfter } from '@holdfast/risk';
import { DAY } from '@holdfast/schemas';

import { seasonShiftOf } from './calibration.js';
import { type Beginning } from './fit.js';
import { type History, type Moment } from './history.js';
import { EMBEDDING_SIZE, HIDDEN } from './networks/encoder.js';
import { type LstmWeight } from './networks/lstm.js';
import { type NetworkKind, type NetworkParts } from './networks/network-kind.js';
import { LSTM_WIDE, type Weights } from './networks/network.js';
import { type AtRisk, type Definition } from './population.js';

/** Silences at which the curve is drawn, u-days. */
const KNOTS = [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 60, 80, 105, 140, 180] as const;
export const HYSTERESIS = 0.05;

/** The same in days, for a horizon. */
export const knotsOf = ({ horizonDays }: Pick<Definition, 'horizonDays'>): number[] =>
  KNOTS.map((days) => (days * horizonDays) / 90);

/** A servable artifact with slope 1 and thresholds still to be chosen. */
export function artifactOf(weights: Weights<LstmWeight>, parts: NetworkParts): Artifact {
  const { horizonDays, activeDays, medianOrderMinor, scaler, seed } = parts;
  return {
    version: 1,
    featureSet: FEATURE_SET_HASH,
    stepSize: STEP_SIZE,
    wideSize: WIDE_SIZE,
    hidden: HIDDEN,
    embedding: { buckets: weights.embedding.length / EMBEDDING_SIZE, size: EMBEDDING_SIZE, table: weights.embedding },
    lstm: { kernel: weights.kernel, recurrent: weights.recurrent, bias: weights.bias },
    dense: { kernel: weights.dense, bias: weights.denseBias },
    output: { kernel: weights.output, bias: weights.outputBias[0]! },
    skip: weights.skip,
    scaler,
    scale: { horizonDays, medianOrderMinor },
    knotsDays: knotsOf(parts),
    calibration: { slope: 1 },
    thresholds: { medium: 0.5, high: 0.7 },
    hysteresis: HYSTERESIS,
    activeDays,
    horizonDays,
    metrics: {},
    dataHash: '',
    seed,
  };
}

/** What a warm start begins with: the network of an artifact with its calibration, but for what that knows of a season. */
export function beginningOf(artifact: Artifact): Beginning<LstmWeight> {
  const { embedding, lstm, dense, output, skip, scaler, calibration } = artifact;
  const sloped = (weights: Float32Array) => weights.map((weight) => weight * calibration.slope);
  return {
    weights: {
      embedding: embedding.table,
      ...lstm,
      dense: dense.kernel,
      denseBias: dense.bias,
      output: sloped(output.kernel),
      outputBias: Float32Array.of(output.bias * calibration.slope - (seasonShiftOf(artifact) ?? 0)),
      skip: sloped(skip),
    },
    scaler,
  };
}

/** The curve of calibrated logits after a moment, given the memory after it. */
export function curveOf(artifact: Artifact, { h }: LstmState, { at, lastActivityAt, w }: Moment): Float64Array {
  return curveAfter(artifact, h, w, (at - (lastActivityAt ?? at)) / DAY);
}

/** Calls `visit` for each moment up to `last`, with the memory after it. */
export function replay(
  artifact: Artifact,
  history: History,
  last: number,
  visit: (moment: Moment, index: number, memory: LstmState) => void,
): void {
  const memory = initialLstmState(artifact.hidden);
  for (let i = 0; i <= last; i++) {
    const moment = history.moments[i]!;
    advance(artifact, memory, moment.x);
    visit(moment, i, memory);
  }
}

/**
 * The curve of each customer at risk, as the service would have drawn it last before that moment. Rows of one customer that follow each other by
 * rising index are read in one pass.
 */
export function curvesOf(artifact: Artifact, population: readonly AtRisk[]): Float64Array[] {
  let read: { readonly history: History; index: number; readonly memory: LstmState; curve: Float64Array } | undefined;
  return population.map(({ history, index }) => {
    if (read?.history !== history || read.index > index)
      read = { history, index: -1, memory: initialLstmState(artifact.hidden), curve: new Float64Array() };
    if (read.index < index) {
      while (read.index < index) advance(artifact, read.memory, history.moments[++read.index]!.x);
      read.curve = curveOf(artifact, read.memory, history.moments[index]!);
    }
    return read.curve;
  });
}

/** Calibrated logits of a population, as the service would have known them at that moment. */
export function servedLogits(artifact: Artifact, population: readonly AtRisk[]): Float64Array {
  const curves = curvesOf(artifact, population);
  return Float64Array.from(population, ({ history, index, at }, i) =>
    logitAt(artifact.knotsDays, curves[i]!, (at - history.moments[index]!.lastActivityAt!) / DAY),
  );
}

/** LSTM + wide, through the curve. */
export const SERVED: NetworkKind<LstmWeight> = {
  architecture: LSTM_WIDE,
  logits: (weights, population, parts) => servedLogits(artifactOf(weights, parts), population),
};
