// Which shops a prior is learnt from, and how each is cut into time to learn from and time to test on: a file.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { churnTask, sampleOf } from '@holdfast/training';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { type PreparedTask, prepareTask } from '../evaluate/prepare-task.js';

const date = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' });
const days = Type.Integer({ minimum: 1 });

const shopPlan = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    data: Type.String({ minLength: 1, description: 'file or folder in a known layout; from the folder of this file' }),
    layout: Type.Optional(Type.String()),
    horizonDays: days,
    activeDays: days,
    train: Type.Array(date, { minItems: 2 }),
    validate: date,
    test: Type.Array(date, { minItems: 1 }),
  },
  { additionalProperties: false },
);
const shopPlans = Type.Array(shopPlan, { minItems: 1 });

/** One of them; `data` is a path. */
export type ShopPlan = Static<typeof shopPlan>;

const midnight = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** Reads the file. Throws an `Error` with a plain sentence. */
export async function readShopPlans(file: string): Promise<ShopPlan[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  if (!Value.Check(shopPlans, content)) {
    const fault = Value.Errors(shopPlans, content).First();
    throw new Error(
      `${file} is not a list of shops: ${fault?.path || 'it'} ${fault?.message}. See data/public-shops.json.`,
    );
  }
  const plans = content.map((plan) => ({ ...plan, data: resolve(dirname(file), plan.data) }));
  const days = plans.flatMap(({ train, validate, test }) => [...train, validate, ...test]);
  // A 31st of June is taken for the 1st of July.
  const strange = days.find(
    (day) => Number.isNaN(midnight(day)) || !new Date(midnight(day)).toISOString().startsWith(day),
  );
  if (strange !== undefined) throw new Error(`${file} has a day ${strange} that there is not.`);
  const twice = plans.find(({ name }, i) => plans.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`${file} names ${twice.name} twice.`);
  return plans;
}

/** Reads a shop. Throws an `Error` with a plain sentence when nothing can be learnt from it. */
export async function readShop(plan: ShopPlan): Promise<PreparedTask> {
  const { name, data, layout, horizonDays, activeDays, train, validate, test } = plan;
  const split = { cutoffs: train.map(midnight), validation: midnight(validate), tests: test.map(midnight) };
  try {
    return await prepareTask({ data, layout, target: undefined, horizonDays, activeDays, minPurchases: 1, split });
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}

/** At most so many of its customers, by chance: no shop is to drown the others. */
export function atMost({ task }: PreparedTask, customers: number, seed: number): PreparedTask['task'] {
  const sample = sampleOf(task, customers, seed);
  return sample ? churnTask(sample.histories, task, task.split) : task;
}
