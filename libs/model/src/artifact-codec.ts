// The file of a model release: JSON, weights as base64 of float32. Read with suspicion: a release that is damaged, or made for other
// features, must be refused with a sentence before it scores anybody.
import { type Artifact } from './artifact.js';
import { type Segmentation } from './segmentation.js';
import { ArtifactError, type Reader, readerOf } from './artifact-reader.js';
import { floatsToBase64 } from './float-base64.js';

/** What this build can feed to a model. */
export interface ExpectedInputs {
  readonly featureSet: string;
  readonly stepSize: number;
  readonly wideSize: number;
}

/** UTF-8 JSON of a release; the same artifact always gives the same bytes. */
export function encodeArtifact(artifact: Artifact): Uint8Array {
  const { embedding, lstm, dense, output, scaler } = artifact;
  return new TextEncoder().encode(
    JSON.stringify(
      {
        version: 1,
        featureSet: artifact.featureSet,
        stepSize: artifact.stepSize,
        wideSize: artifact.wideSize,
        hidden: artifact.hidden,
        embedding: { buckets: embedding.buckets, size: embedding.size, table: floatsToBase64(embedding.table) },
        lstm: {
          kernel: floatsToBase64(lstm.kernel),
          recurrent: floatsToBase64(lstm.recurrent),
          bias: floatsToBase64(lstm.bias),
        },
        dense: { kernel: floatsToBase64(dense.kernel), bias: floatsToBase64(dense.bias) },
        output: { kernel: floatsToBase64(output.kernel), bias: output.bias },
        skip: floatsToBase64(artifact.skip),
        scaler: { mean: floatsToBase64(scaler.mean), deviation: floatsToBase64(scaler.deviation) },
        scale: { horizonDays: artifact.scale.horizonDays, medianOrderMinor: artifact.scale.medianOrderMinor },
        knotsDays: artifact.knotsDays,
        calibration: { slope: artifact.calibration.slope },
        thresholds: { medium: artifact.thresholds.medium, high: artifact.thresholds.high },
        hysteresis: artifact.hysteresis,
        activeDays: artifact.activeDays,
        horizonDays: artifact.horizonDays,
        ...(artifact.arrivals && {
          arrivals: {
            cure: floatsToBase64(artifact.arrivals.cure),
            scale: floatsToBase64(artifact.arrivals.scale),
            shape: floatsToBase64(artifact.arrivals.shape),
          },
        }),
        ...(artifact.segmentation && { segmentation: artifact.segmentation }),
        ...(artifact.ranksOnly && { ranksOnly: true }),
        metrics: artifact.metrics,
        dataHash: artifact.dataHash,
        seed: artifact.seed,
      },
      null,
      1,
    ) + '\n',
  );
}

/**
 * Reads a release. Throws {@link ArtifactError} when it is missing parts, truncated, holds a number that is none, has weights of the
 * wrong shape, or (with `expected`) was trained on other features.
 */
export function decodeArtifact(bytes: Uint8Array, expected?: ExpectedInputs): Artifact {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ArtifactError(
      bytes.length === 0
        ? 'The model release is empty: copy it again or train a new one.'
        : 'The model release is no JSON, perhaps cut short: copy it again or train a new one.',
    );
  }
  const get = readerOf(json);
  if (get.number('version') !== 1) {
    throw new ArtifactError(
      `The model release has version ${get.number('version')}; this build reads version 1: update it.`,
    );
  }
  const featureSet = get.text('featureSet');
  const [stepSize, wideSize, hidden] = [get.count('stepSize'), get.count('wideSize'), get.count('hidden')];
  if (expected && featureSet !== expected.featureSet) {
    throw new ArtifactError(
      `The model release was trained on feature set ${featureSet}, but this build computes ${expected.featureSet}: train a new one.`,
    );
  }
  if (expected && (stepSize !== expected.stepSize || wideSize !== expected.wideSize)) {
    throw new ArtifactError(
      `The model release takes ${stepSize} step and ${wideSize} wide inputs, but this build makes ${expected.stepSize} and ${expected.wideSize}: train a new one.`,
    );
  }
  const [buckets, size] = [get.count('embedding.buckets'), get.count('embedding.size')];
  const bias = get.floats('dense.bias');
  const units = bias.length;
  const artifact: Artifact = {
    version: 1,
    featureSet,
    stepSize,
    wideSize,
    hidden,
    embedding: { buckets, size, table: get.floats('embedding.table', buckets * size) },
    lstm: {
      kernel: get.floats('lstm.kernel', (stepSize + size) * 4 * hidden),
      recurrent: get.floats('lstm.recurrent', hidden * 4 * hidden),
      bias: get.floats('lstm.bias', 4 * hidden),
    },
    dense: { kernel: get.floats('dense.kernel', (hidden + wideSize + 2) * units), bias },
    output: { kernel: get.floats('output.kernel', units), bias: get.number('output.bias') },
    skip: get.floats('skip', wideSize),
    scaler: { mean: get.floats('scaler.mean', wideSize), deviation: get.floats('scaler.deviation', wideSize) },
    scale: { horizonDays: get.number('scale.horizonDays'), medianOrderMinor: get.number('scale.medianOrderMinor') },
    knotsDays: get.numbers('knotsDays'),
    calibration: { slope: get.number('calibration.slope') },
    thresholds: { medium: get.number('thresholds.medium'), high: get.number('thresholds.high') },
    hysteresis: get.number('hysteresis'),
    activeDays: get.number('activeDays'),
    horizonDays: get.number('horizonDays'),
    ...(get.has('arrivals') && {
      arrivals: {
        cure: get.floats('arrivals.cure', hidden + wideSize + 1),
        scale: get.floats('arrivals.scale', hidden + wideSize + 1),
        shape: get.floats('arrivals.shape', hidden + wideSize + 1),
      },
    }),
    ...(get.has('segmentation') && { segmentation: segmentationOf(get) }),
    ...(get.has('ranksOnly') && { ranksOnly: get.yes('ranksOnly') }),
    metrics: get.object('metrics'),
    dataHash: get.text('dataHash'),
    seed: get.number('seed'),
  };
  checkRanges(artifact);
  return artifact;
}

/** Coordinates of a segmentation: recency, frequency, money. */
const RFM = 3;

function segmentationOf(get: Reader): Segmentation {
  const [mean, deviation] = [get.numbers('segmentation.mean'), get.numbers('segmentation.deviation')];
  const names = get.texts('segmentation.names');
  const centres = names.map((_, i) => get.numbers(`segmentation.centres.${i}`));
  const isOne =
    [mean, deviation, ...centres].every(({ length }) => length === RFM) && deviation.every((value) => value > 0);
  if (names.length === 0 || !isOne)
    throw new ArtifactError('The model release is unusable: segmentation does not fit together. Train a new one.');
  return { mean, deviation, centres, names };
}

/** Ranges outside which formulas break. */
function checkRanges(artifact: Artifact): void {
  const { knotsDays, thresholds, hysteresis, scale } = artifact;
  const rules: readonly (readonly [boolean, string])[] = [
    [artifact.horizonDays > 0, 'horizonDays must be above 0'],
    [artifact.activeDays > 0, 'activeDays must be above 0'],
    [scale.horizonDays > 0 && scale.medianOrderMinor > 0, 'scale must be above 0'],
    [artifact.calibration.slope > 0, 'calibration.slope must be above 0'],
    [thresholds.medium > 0 && thresholds.high < 1 && thresholds.medium < thresholds.high, 'thresholds must rise within 0..1'],
    [hysteresis >= 0 && hysteresis < thresholds.medium, 'hysteresis must lie between 0 and the medium threshold'],
    [artifact.scaler.deviation.every((value) => value > 0), 'scaler.deviation must be above 0'],
    [knotsDays.length >= 2 && knotsDays.length <= 255, 'knotsDays must hold 2 to 255 silences'],
    [knotsDays[0] === 0 && knotsDays.every((days, k) => k === 0 || days > knotsDays[k - 1]!), 'knotsDays must rise from 0'],
    [artifact.hidden <= 255, 'hidden must be at most 255'],
  ]; // prettier-ignore
  for (const [isRight, rule] of rules) {
    if (!isRight) throw new ArtifactError(`The model release is unusable: ${rule}. Train a new one.`);
  }
}
