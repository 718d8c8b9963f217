// All methods on the same rows of one cut-off, in the layout of reference/results.json: raw, and calibrated by Platt's fit on validation
// ("_cal"), with customer bootstrap intervals, and paired with logistic regression on all features. Of several seeds the mean.
import { sigmoid } from '@holdfast/model';

import { fitPlatt } from './calibration.js';
import { combined, drawn, type Drawn, type Estimate, estimates, minus, resamples } from './bootstrap.js';
import { mean } from './mean.js';
import { METRICS, type Metrics, ranked } from './metrics.js';
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
const CALIBRATED = ['brier', 'logloss', 'ece'] as const;

/** Compares methods, each with the scores of one or several seeds. */
export function compare(
  { validation, test }: { readonly validation: Rows; readonly test: Rows },
  methods: ReadonlyMap<string, readonly FitScores[]>,
): Comparison {
  const at = test.population[0]?.at ?? 0;
  const samples = resamples(test.y.length, RESAMPLES, randomFor(0, `resamples ${at}`));
  const figures = new Map(
    [...methods].map(([key, fits]) => [key, figuresOf(fits, { validation, test, samples })] as const),
  );
  const peer = figures.get(PEER);
  return {
    n: test.y.length,
    baseRate: round(mean(Array.from(test.y))),
    methods: Object.fromEntries(
      [...figures].map(([key, of]) => [
        key,
        { ...written(of), ...(peer && differences(of, peer, ['auc', 'logloss_cal'])) },
      ]),
    ),
  };
}

/** Logits of 1 − 1e-6 and 1e-6, beyond which the protocol takes no probability. */
const LIMIT = Math.log((1 - 1e-6) / 1e-6);
const clip = (logit: number): number => Math.min(LIMIT, Math.max(-LIMIT, logit));

/** By their names in files: the mean over seeds, drawn, and of each seed. */
interface Figures {
  readonly mean: Drawn<string>;
  readonly seeds: readonly Readonly<Record<string, number>>[];
}

function figuresOf(
  fits: readonly FitScores[],
  { validation, test, samples }: { validation: Rows; test: Rows; samples: readonly Uint16Array[] },
): Figures {
  const seeds = fits.map((fit) => {
    const logits = fit.test.map(clip);
    const raw = ranked({ p: logits.map(sigmoid), y: test.y });
    const platt = fitPlatt(fit.validation.map(clip), validation.y);
    const calibrated = ranked({ p: platt(logits).map(sigmoid), y: test.y }, CALIBRATED);
    return drawn((weights) => {
      const [plain, cal] = [raw(weights), calibrated(weights)];
      return Object.fromEntries([
        ...METRICS.map((name) => [NAMES[name], plain[name]] as const),
        ...CALIBRATED.map((name) => [`${NAMES[name]}_cal`, cal[name]] as const),
      ]);
    }, samples);
  });
  return { mean: combined(seeds, mean), seeds: seeds.map(({ value }) => value) };
}

const written = ({ mean, seeds }: Figures): Record<string, MetricValue> =>
  Object.fromEntries(
    Object.entries(estimates(mean)).map(([name, estimate]) => {
      const ofSeeds = seeds.map((figures) => figures[name]!);
      return [name, { ...valueOf(estimate), ...(ofSeeds.length > 1 && { sdSeeds: round(deviation(ofSeeds)) }) }];
    }),
  );

/** `<name>_minus_lr_all`, paired. */
function differences(of: Figures, peer: Figures, names: readonly string[]): Record<string, MetricValue> {
  const found = estimates(minus(of.mean, peer.mean));
  return Object.fromEntries(names.map((name) => [`${name}_minus_${PEER}`, valueOf(found[name]!)]));
}

const valueOf = ({ value, low, high }: Estimate): MetricValue => ({
  value: round(value),
  lo: round(low),
  hi: round(high),
});

const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const round = (value: number): number => Math.round(value * 1e5) / 1e5;
