// From the command line to the rows: what every worker makes for itself, in the same way.
import { openDataset } from '@holdfast/datasets';
import { type BehaviorEvent, type EventType } from '@holdfast/schemas';
import {
  type ChurnTask,
  churnTask,
  type DataFacts,
  defaultHorizon,
  givenSplit,
  type Rows,
  testRows,
} from '@holdfast/training';

import { planFor } from '../plan.js';
import { type EventSource, readHistory, type ReadHistory } from '../read-history.js';
import { type EvaluateOptions } from './options.js';

/** What the rows depend on. */
export type TaskOptions = Pick<
  EvaluateOptions,
  'data' | 'layout' | 'target' | 'horizonDays' | 'activeDays' | 'minPurchases' | 'split'
>;

export interface PreparedTask {
  readonly task: ChurnTask;
  readonly facts: DataFacts;
  readonly target: EventType;
  /** Of each test cut-off. */
  readonly tests: readonly Rows[];
  readonly passedOver: ReadonlyMap<string, number>;
}

/** Reads the data and lays out the rows. Throws an `Error` with a plain sentence when nothing can be learnt or told from them. */
export async function prepareTask(options: TaskOptions): Promise<PreparedTask> {
  const dataset = await openDataset(options.data, options.layout);
  const target = options.target ?? dataset.target;
  const read = await readHistory(options.data, aimedAt(target, dataset.events()));
  const { horizonDays, split } = options.split
    ? givenPlan(options.split, read, options.horizonDays)
    : planFor(read, dataset.layout, options.horizonDays);
  const { minPurchases, activeDays = 2 * horizonDays } = options;
  const task = churnTask(read.histories, { horizonDays, activeDays, minPurchases }, split);
  const tests = split.tests.map((at) => testRows(task, at));
  return { task, facts: read.facts, target, tests, passedOver: read.passedOver };
}

function givenPlan(
  split: NonNullable<EvaluateOptions['split']>,
  { histories, facts }: ReadHistory,
  wantedDays: number | undefined,
) {
  const horizonDays = wantedDays ?? defaultHorizon(histories, facts.from, facts.until);
  return { horizonDays, split: givenSplit(split, horizonDays, facts.until) };
}

/**
 * Events of the target's type count as purchases, and purchases as events of that type: where hardly anybody buys twice, churn can be
 * told from visits, and everything that is known of purchases is then known of visits.
 */
export async function* aimedAt(target: EventType, lines: AsyncIterable<LineOf<EventSource>>): EventSource {
  for await (const line of lines) {
    if (target === 'purchase' || 'reason' in line) yield line;
    else yield { event: exchange(line.event, target) };
  }
}

type LineOf<T> = T extends AsyncIterable<infer Line> ? Line : never;

function exchange(event: BehaviorEvent, target: EventType): BehaviorEvent {
  if (event.type === target) return { ...event, type: 'purchase' };
  return event.type === 'purchase' ? { ...event, type: target } : event;
}
