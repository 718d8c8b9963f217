// Several scenarios in one arena, for a run that has to be short.
import { type Scenario } from '../scenario.js';

/** One after another under the same load, with one check in the end. */
export const together = (scenarios: readonly Scenario[]): Scenario => ({
  number: 0,
  name: scenarios.map(({ name }) => name).join(', '),
  promise: '',
  least: Object.assign({}, ...scenarios.map(({ least }) => least)) as Scenario['least'],
  events: 100_000,
  mayRepeatSends: scenarios.some((scenario) => scenario.mayRepeatSends),
  arena: {
    horizonSeconds: 10,
    environment: Object.assign({}, ...scenarios.map(({ arena }) => arena?.environment)) as Record<string, string>,
  },
  async strike(arena) {
    for (const scenario of scenarios) {
      arena.say(scenario.name);
      await scenario.strike(arena);
      await arena.recovers();
    }
  },
  async examine(verdict, arena) {
    const faults: string[] = [];
    for (const { examine } of scenarios) faults.push(...((await examine?.(verdict, arena)) ?? []));
    return faults;
  },
});
