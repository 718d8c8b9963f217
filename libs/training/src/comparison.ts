// All methods on the same rows of one cut-off, in the layout of reference/results.json: raw, and calibrated by Platt's fit on validation
// ("_cal"), with customer bootstrap intervals, and paired with logistic regression on all features. Of several seeds the mean.
import { sigmoid } from '@holdfast/model';

import { fitPlatt } from './calibration.js';
import { eachOnce, type Estimate, estimateOf, METRICS, type Metrics, ranked, resamples } from './metrics.js';
import { type Rows } from './rows.js';
import { randomFor } from './random.js';

const RESAMPLES = 500;
/** What others are paired with. */
const PEER = 'lr_all';

/** Raw logits of one fit. */
export interface FitScores {
  readonly validation: Float64Array;
  readonly test: Float64Array;
}

/** A metric as files have it. */
export interface MetricValue {
  readonly value: number;
  readonly lo?: number;
  readonly hi?: number;
  /** Standard deviation over seeds. */
  readonly sdSeeds?: number;
}

/** One cut-off: what it held, and the metrics of each method by its key. */
export interface Comparison {
  readonly n: number;
  readonly baseRate: number;
  readonly methods: Readonly<Record<string, Readonly<Record<string, MetricValue>>>>;
}

const NAMES: Readonly<Record<keyof Metrics, string>> = {
  auc: 'auc',
  prauc: 'prauc',
  praucRetained: 'prauc_retained',
  lift10: 'lift10',
  lift10Retained: 'lift10_retained',
  brier: 'brier',
  logloss: 'logloss',
  ece: 'ece',
};
/** Those that calibration changes. */
const CALIBRATED: readonly (keyof Metrics)[] = ['brier', 'logloss', 'ece'];

/** A metric, and the same in every resample. */
interface Drawn {
  readonly value: number;
  readonly draws: readonly number[];
  readonly seeds: readonly number[];
}

/** Compares methods, each with the scores of one or several seeds. */
export function compare(
  { validation, test }: { readonly validation: Rows; readonly test: Rows },
  methods: ReadonlyMap<string, readonly FitScores[]>,
): Comparison {
  const at = test.population[0]?.at ?? 0;
  const samples = resamples(test.y.length, RESAMPLES, randomFor(0, `resamples ${at}`));
  const drawn = new Map(
    [...methods].map(([key, fits]) => [key, drawMetrics(fits, { validation, test, samples })] as const),
  );
  const peer = drawn.get(PEER);
  return {
    n: test.y.length,
    baseRate: round(test.y.reduce((sum, label) => sum + label, 0) / test.y.length),
    methods: Object.fromEntries(
      [...drawn].map(([key, metrics]) => [
        key,
        { ...written(metrics), ...(peer && differences(metrics, peer, ['auc', 'logloss_cal'])) },
      ]),
    ),
  };
}

/** Logits of 1 − 1e-6 and 1e-6, beyond which the protocol takes no probability. */
const LIMIT = Math.log((1 - 1e-6) / 1e-6);
const clip = (logit: number): number => Math.min(LIMIT, Math.max(-LIMIT, logit));

type DrawnMetrics = ReadonlyMap<string, Drawn>;

function drawMetrics(
  fits: readonly FitScores[],
  { validation, test, samples }: { validation: Rows; test: Rows; samples: readonly Uint16Array[] },
): DrawnMetrics {
  const ones = eachOnce(test.y.length);
  const draw = (logits: Float64Array) => {
    const metrics = ranked({ p: logits.map(sigmoid), y: test.y });
    return { value: metrics(ones), draws: samples.map(metrics) };
  };
  const clipped = fits.map((fit) => ({ validation: fit.validation.map(clip), test: fit.test.map(clip) }));
  const raw = clipped.map(({ test: logits }) => draw(logits));
  const calibrated = clipped.map((fit) => draw(fitPlatt(fit.validation, validation.y)(fit.test)));
  const of = (drawn: typeof raw, name: keyof Metrics): Drawn => ({
    value: mean(drawn.map(({ value }) => value[name])),
    draws: samples.map((_, i) => mean(drawn.map(({ draws }) => draws[i]![name]))),
    seeds: drawn.map(({ value }) => value[name]),
  });
  return new Map([
    ...METRICS.map((name) => [NAMES[name], of(raw, name)] as const),
    ...CALIBRATED.map((name) => [`${NAMES[name]}_cal`, of(calibrated, name)] as const),
  ]);
}

const written = (metrics: DrawnMetrics): Record<string, MetricValue> =>
  Object.fromEntries([...metrics].map(([name, drawn]) => [name, valueOf(drawn)]));

/** `<name>_minus_lr_all`, over the same resamples. */
function differences(a: DrawnMetrics, b: DrawnMetrics, names: readonly string[]): Record<string, MetricValue> {
  return Object.fromEntries(
    names.map((name) => {
      const [left, right] = [a.get(name)!, b.get(name)!];
      const draws = left.draws.map((value, i) => value - right.draws[i]!);
      return [`${name}_minus_${PEER}`, valueOf({ value: left.value - right.value, draws, seeds: [] })];
    }),
  );
}

function valueOf({ value, draws, seeds }: Drawn): MetricValue {
  const { low, high }: Estimate = estimateOf(value, draws);
  return {
    value: round(value),
    lo: round(low),
    hi: round(high),
    ...(seeds.length > 1 && { sdSeeds: round(deviation(seeds)) }),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const round = (value: number): number => Math.round(value * 1e5) / 1e5;
