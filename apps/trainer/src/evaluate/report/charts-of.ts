// What is drawn of one test cut-off: curves of every method, of its first seed, from raw probabilities.
import { sigmoid } from '@holdfast/model';
import {
  bySilence,
  type Comparison,
  type Curve,
  type FitScores,
  leadCurve,
  liftCurve,
  METHODS,
  precisionCurve,
  reliabilityCurve,
  rocCurve,
  type Rows,
  type SilenceBucket,
} from '@holdfast/training';

import { type EarlyByMethod } from '../early.js';

/** As report/charts.js draws it. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** How to read it, for somebody who has never seen one. */
  readonly caption: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** x is a share. */
  readonly isShare: boolean;
  /** y is a factor, not a share. */
  readonly isLift?: boolean;
}

interface Series {
  readonly name: string;
  readonly y: readonly (number | null)[];
  /** Others can be added by a click on their names. */
  readonly shown: boolean;
  /** Number of its colour; those that are shown have colours of their own. */
  readonly hue: number;
  /** What others are held against: drawn apart from all methods. */
  readonly isReference?: boolean;
}

/** Who is seen at first: all, unless there are more than can be told apart. */
const FEW = 6;
const SHOWN: readonly string[] = ['served', 'lightgbm', 'lr_all', 'recency'];

/** The method that is told of in words: what is served, or else whatever ranks best. */
export function toldOf({ methods }: Comparison): string {
  if (methods['served']) return 'served';
  const ranked = Object.entries(methods).sort(([, a], [, b]) => b['auc']!.value - a['auc']!.value);
  return ranked[0]![0];
}

export interface ChartsOptions {
  /** Number of the cut-off. */
  readonly i: number;
  readonly test: Rows;
  readonly comparison: Comparison;
  readonly scores: ReadonlyMap<string, readonly FitScores[]>;
  readonly early: EarlyByMethod;
  readonly horizonDays: number;
}

export function chartsOf({ i, test, comparison, scores, early, horizonDays }: ChartsOptions): Chart[] {
  const methods = METHODS.filter(({ key }) => scores.has(key));
  const told = methods.find(({ key }) => key === toldOf(comparison))!;
  const wanted = scores.size <= FEW ? methods.map(({ key }) => key) : SHOWN;
  const first = [...new Set([told.key, ...wanted])].filter((key) => scores.has(key));
  const hues = [...new Set([...first, ...scores.keys()])];
  const look = (key: string) => ({ shown: first.includes(key), hue: hues.indexOf(key) });
  const scored = (key: string) => ({ p: scores.get(key)![0]!.test.map(sigmoid), y: test.y });
  const ofAll = (curve: (key: string) => Curve) =>
    together(methods.map(({ key, name }) => ({ name, ...look(key), curve: curve(key) })));
  const reference = (name: string, y: readonly [number, number]) => ({
    ...{ name, isReference: true, shown: true, hue: 0, curve: { x: [0, 1], y } },
  });
  const ofAllWith = (curve: (key: string) => Curve, line: ReturnType<typeof reference>) =>
    together([...methods.map(({ key, name }) => ({ name, ...look(key), curve: curve(key) })), line]);
  const buckets = bySilence(test.population, scored(told.key), horizonDays).filter(({ customers }) => customers > 0);
  return [
    {
      ...{ id: `lift-${i}`, title: 'Whom to look at first', isShare: true, isLift: true },
      caption:
        'Take the riskiest customers, as many as the axis says: how many times as often did they leave as customers on average? Higher is better; 1 × is picking at random.',
      ...{ xLabel: 'riskiest customers', yLabel: 'times the average', ...ofAll((key) => liftCurve(scored(key))) },
    },
    {
      ...{ id: `reliability-${i}`, title: 'Does 60 % mean 60 %?', isShare: true },
      caption:
        'Customers in ten groups by risk. On the dashed line as many left as was said; below it fewer, above it more. A method is shown as it speaks by itself: one that lies off the line can be corrected, which the column ECE is after.',
      xLabel: 'risk, as said',
      yLabel: 'left',
      ...ofAllWith((key) => reliabilityCurve(scored(key)), reference('as said', [0, 1])),
    },
    {
      ...{ id: `silence-${i}`, title: `The same by silence: ${told.name}`, isShare: false },
      caption:
        'Customers by how long they had been silent, each point at the beginning of its group: ' +
        `${buckets.map(sizeOf).join(', ')}. ` +
        'The dashed line is what happened; the two should be one, as far as so few customers can tell.',
      ...{ xLabel: 'days of silence (from)', yLabel: 'left', x: buckets.map(({ fromDays }) => fromDays) },
      series: [
        { name: 'said', shown: true, hue: 0, y: buckets.map(({ predicted }) => predicted) },
        { name: 'happened', isReference: true, shown: true, hue: 0, y: buckets.map(({ observed }) => observed) },
      ],
    },
    {
      ...{ id: `lead-${i}`, title: 'How early the warning comes', isShare: false },
      caption:
        'Of those who left and had not been silent for a horizon yet: how many had been warned of at least so many days before they had. A line that stays high to the right warns early; how often a warning is wrong is in the table.',
      ...{ xLabel: 'days before', yLabel: 'warned of' },
      ...together(
        methods.flatMap(({ key, name }) => {
          const leads = early.get(key)?.[i]?.alerts.leads;
          return leads ? [{ name, ...look(key), curve: leadCurve(leads, horizonDays) }] : [];
        }),
      ),
    },
    {
      ...{ id: `roc-${i}`, title: 'ROC', isShare: true },
      caption:
        'How many of those who left are found, when one accepts to be wrong about so many of those who stayed. The area below is the ROC-AUC; the dashed line is chance.',
      ...{
        xLabel: 'of those who stayed',
        yLabel: 'of those who left',
        ...ofAllWith((key) => rocCurve(scored(key)), reference('chance', [0, 1])),
      },
    },
    {
      ...{ id: `precision-${i}`, title: 'Precision and recall', isShare: true },
      caption:
        'When so many of those who left are to be found: how many of all who are pointed at did leave. The dashed line is pointing at anybody.',
      ...{
        xLabel: 'found, of those who left',
        yLabel: 'of them right',
        ...ofAllWith(
          (key) => precisionCurve(scored(key)),
          reference('of all', [comparison.baseRate, comparison.baseRate]),
        ),
      },
    },
  ];
}

const sizeOf = ({ fromDays, untilDays, customers }: SilenceBucket): string =>
  untilDays < Infinity
    ? `${customers} of ${tenths(fromDays)} to ${tenths(untilDays)} days`
    : `${customers} of ${tenths(fromDays)} days and more`;

const tenths = (days: number): string => String(Number(days.toFixed(1)));

/** Curves over one common x; where a curve has no point there is a gap. */
function together(curves: readonly (Omit<Series, 'y'> & { readonly curve: Curve })[]): Pick<Chart, 'x' | 'series'> {
  const x = [...new Set(curves.flatMap(({ curve }) => curve.x))].sort((a, b) => a - b);
  return {
    x,
    series: curves.map(({ curve, ...series }) => {
      const at = new Map(curve.x.map((value, k) => [value, curve.y[k]!]));
      return { ...series, y: x.map((value) => at.get(value) ?? null) };
    }),
  };
}
