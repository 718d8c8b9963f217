// Some scenarios, each with few strikes, for every change: those on Kafka one after another in one arena, then the embedded log.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { whyNoLocalKafka } from '../../../tools/kafka/local-kafka.mjs';
import { type Row, runScenario } from './run-scenario.js';
import { type AnyScenario, type Scenario } from './scenario.js';
import { embedded } from './scenarios/embedded.js';
import { killedProcesses } from './scenarios/killed-processes.js';
import { lettersAlone } from './scenarios/poison.js';
import { rollingRestart } from './scenarios/rolling-restart.js';
import { together } from './scenarios/together.js';
import { wakeUps } from './scenarios/wake-ups.js';
import { zombies } from './scenarios/zombies.js';

const LIMIT_MS = 600_000;
/** Of the strikes: one or two of each kind. */
const EFFORT = 0.05;

const noKafka = process.env['CI'] === 'true' ? null : whyNoLocalKafka();
/** Where nothing can be stopped and continued there is nothing to be run. */
const describeWhereStruck = process.platform === 'win32' ? describe.skip : describe;

describeWhereStruck('the pipeline under strikes', () => {
  let interrupt: AbortController;
  let running: Promise<Row>;
  beforeEach(() => {
    interrupt = new AbortController();
  });
  afterEach(async () => {
    interrupt.abort(); // after a time-out it would go on
    await running.catch(() => undefined);
  }, LIMIT_MS);

  const expectPass = async (scenario: AnyScenario): Promise<void> => {
    running = runScenario(scenario, {
      ...{ client: 'platformatic', seed: 1, events: null, effort: EFFORT, commit: null, signal: interrupt.signal },
      judgesTimes: false,
      say: () => undefined,
    });
    const { lost, doubled, pass, faults } = await running;
    expect({ lost, doubled, pass, faults }).toEqual({ lost: 0, doubled: 0, pass: true, faults: [] });
  };

  (noKafka ? it.skip : it)('loses nothing and doubles nothing on Kafka', async () => {
    // That nothing is done again can be told only of restarts in a log of their own.
    const restarts: Scenario = { ...rollingRestart, examine: async () => [] };
    await expectPass(together([restarts, killedProcesses, zombies, wakeUps, lettersAlone]) as unknown as AnyScenario);
  }, LIMIT_MS); // prettier-ignore

  it('loses nothing and doubles nothing on the embedded log', async () => {
    await expectPass(embedded as unknown as AnyScenario);
  }, LIMIT_MS); // prettier-ignore
});
