// Some scenarios, each with few strikes, for every change: those on Kafka one after another in one arena, then the embedded log.
import { afterAll, describe, expect, it } from '@jest/globals';

import { type Row, runScenario } from './run-scenario.js';
import { type AnyScenario } from './scenario.js';
import { embedded } from './scenarios/embedded.js';
import { killedProcesses } from './scenarios/killed-processes.js';
import { rollingRestart } from './scenarios/rolling-restart.js';
import { together } from './scenarios/together.js';
import { wakeUps } from './scenarios/wake-ups.js';
import { zombies } from './scenarios/zombies.js';

const LIMIT_MS = 600_000;
/** Of the strikes: one or two of each kind. */
const EFFORT = 0.05;

describe('the pipeline under strikes', () => {
  const interrupt = new AbortController();
  afterAll(() => interrupt.abort());

  const run = (scenario: AnyScenario): Promise<Row> =>
    runScenario(scenario, {
      ...{ client: 'platformatic', seed: 1, events: null, effort: EFFORT, commit: null, signal: interrupt.signal },
      judgesTimes: false,
      say: () => undefined,
    });

  it.each<[string, AnyScenario]>([
    ['Kafka', together([rollingRestart, killedProcesses, zombies, wakeUps]) as unknown as AnyScenario],
    ['the embedded log', embedded as unknown as AnyScenario],
  ])('loses nothing and doubles nothing on %s', async (_, scenario) => {
    const { lost, doubled, pass, faults } = await run(scenario);
    expect({ lost, doubled, pass, faults }).toEqual({ lost: 0, doubled: 0, pass: true, faults: [] });
  }, LIMIT_MS); // prettier-ignore
});
