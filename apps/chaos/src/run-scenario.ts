// One scenario from its first process to its row: build, load, strike, come to rest, check.
import { Closing } from '@holdfast/service';

import { type AnyArena } from './arena/any-arena.js';
import { Arena } from './arena/arena.js';
import { type Client, type CommonOptions, USUAL } from './arena/options.js';
import { type Verdict } from './evidence.js';
import { type AnyScenario, EVENTS, type Strikes } from './scenario.js';

/** Events a second once all strikes are done, for what is still missing of the events that are wanted. */
const UNDISTURBED = 1_000;

/** `embedded`: no Kafka at all. */
export type RowClient = Client | 'embedded';

/** What a scenario's row says when it is run with this client. */
export const clientOf = ({ open }: AnyScenario, client: Client): RowClient => (open ? 'embedded' : client);

/** A row of the results. */
export interface Row {
  readonly scenario: string;
  readonly client: RowClient;
  readonly events: number;
  /** Decisions in the ledger, and messages that reached somebody. */
  readonly decided: number;
  readonly delivered: number;
  readonly strikes: Strikes;
  readonly lost: number;
  readonly doubled: number;
  readonly recoverySeconds: number;
  readonly pass: boolean;
  /** Records written again after a strike and skipped by their readers. */
  readonly repeated: number;
  /** Messages that arrived again under their key. */
  readonly sentAgain: number;
  /** Whether the checker found anything, whatever else was wrong. */
  readonly isNoticed: boolean;
  /** Why not, one sentence each. */
  readonly faults: readonly string[];
  readonly seconds: number;
  readonly seed: number;
  /** Share of the strikes that were wanted, and the least number of events, where the command line named one. */
  readonly effort: number;
  readonly atLeast: number | null;
  /** Of the code, where Git knows it. */
  readonly commit: string | null;
}

export interface RunOptions {
  readonly client: Client;
  readonly seed: number;
  /** Least number of accepted events; null: as many as the scenario says. */
  readonly events: number | null;
  /** 0..1 of the usual number of strikes. */
  readonly effort: number;
  /** How long things take counts. */
  readonly judgesTimes: boolean;
  readonly commit: string | null;
  readonly say: (text: string) => void;
  /** Aborted: everything that was started is ended, and the run rejects. */
  readonly signal: AbortSignal;
}

/** Runs a scenario. Never leaves a process or a folder behind. Rejects only when it could not begin, or was told to stop. */
export async function runScenario(scenario: AnyScenario, options: RunOptions): Promise<Row> {
  const { client, seed, effort, judgesTimes, say, signal } = options;
  const common: CommonOptions = { ...USUAL, ...scenario.arena, seed, effort, judgesTimes };
  const started = performance.now();
  const closing = new Closing();
  const opening = scenario.open?.(common, closing, say) ?? Arena.open({ ...common, client }, closing, say);
  const stop = () => {
    say('stopping');
    const close = () => closing.run().catch(() => undefined); // what failed is told below
    void opening.then(close, close); // what is half open cannot be closed
  };
  signal.addEventListener('abort', stop);
  try {
    const arena = await opening;
    signal.throwIfAborted();
    const faults = [...(await ordeal(scenario, arena, options))];
    signal.throwIfAborted();
    const verdict = await verdictOn(scenario, arena, faults);
    signal.throwIfAborted(); // what was read while everything was being ended says nothing
    const least = Object.entries(scenario.least).map(([kind, count]) => [kind, arena.rounds(count)] as const);
    for (const [kind, count] of least)
      if ((arena.strikes[kind] ?? 0) < count)
        faults.push(
          `It struck ${arena.strikes[kind] ?? 0} times by ${kind}; ${count} are needed for the result to count.`,
        );
    if (verdict.repeatedDeliveries > 0 && !scenario.mayRepeatSends)
      faults.push(`${verdict.repeatedDeliveries} messages left twice, though no sender was struck.`);
    if (verdict.forgottenDeliveries > 0 && !scenario.mayForgetSends)
      faults.push(`${verdict.forgottenDeliveries} messages have arrived and are noted as cancelled.`);
    faults.push(...arena.faults);
    return {
      scenario: scenario.name,
      client: clientOf(scenario, client),
      events: verdict.events,
      decided: verdict.decided,
      delivered: verdict.delivered,
      strikes: arena.strikes,
      lost: verdict.lost,
      doubled: verdict.doubled,
      recoverySeconds: Math.round(arena.recoverySeconds * 10) / 10,
      pass: verdict.lost === 0 && verdict.doubled === 0 && faults.length === 0,
      repeated: verdict.repeated,
      sentAgain: verdict.repeatedDeliveries,
      isNoticed: verdict.lost + verdict.doubled + verdict.forgottenDeliveries + verdict.faults.length > 0,
      faults,
      seconds: Math.round((performance.now() - started) / 1_000),
      seed,
      effort,
      atLeast: options.events,
      commit: options.commit,
    };
  } finally {
    signal.removeEventListener('abort', stop);
    await closing.run();
  }
}

/** The load and the strikes, until everything is at rest. What goes wrong is a fault of the run, not an error. */
async function ordeal(scenario: AnyScenario, arena: AnyArena, options: RunOptions): Promise<string[]> {
  const { say, signal } = options;
  const events = options.events ?? arena.rounds(scenario.events ?? EVENTS);
  const faults: string[] = [];
  try {
    say('striking');
    await scenario.strike(arena);
    await arena.recovers();
    say(`waiting for ${events} events`);
    arena.load.hurry(UNDISTURBED);
    await arena.load.reach(events);
    await arena.rest();
  } catch (error) {
    signal.throwIfAborted();
    faults.push((error as Error).message, ...arena.lines.slice(-5).map((line) => `last words: ${line}`));
    await arena.halt().catch((reason: Error) => faults.push(reason.message));
  }
  return faults;
}

const NOTHING_FOUND: Omit<Verdict, 'events'> = {
  ...{ decided: 0, delivered: 0, lost: 0, doubled: 0, repeated: 0, repeatedDeliveries: 0, forgottenDeliveries: 0 },
  faults: [],
};

/** The usual check and what the scenario promises besides. */
async function verdictOn(scenario: AnyScenario, arena: AnyArena, faults: string[]): Promise<Verdict> {
  arena.say('checking');
  const { size: events } = arena.load.accepted;
  let verdict: Verdict = { ...NOTHING_FOUND, events };
  try {
    verdict = await arena.check();
    if (verdict.decided === 0) faults.push('Nothing was decided: that nothing was doubled shows nothing.');
    else if (verdict.delivered === 0 && !scenario.sendsNothing)
      faults.push('Nothing was sent: that nothing was sent twice shows nothing.');
    faults.push(...verdict.faults, ...((await scenario.examine?.(verdict, arena)) ?? []));
  } catch (error) {
    faults.push(`The check could not be made: ${(error as Error).message}`);
  }
  return verdict;
}
