// The command line of `npm run chaos`.
import { parseArgs } from 'node:util';

import { type Client } from './arena/options.js';
import { type AnyScenario, EVENTS } from './scenario.js';

export interface Options {
  readonly help: boolean;
  readonly scenarios: readonly AnyScenario[];
  readonly clients: readonly Client[];
  /** Null: as many as each scenario says. */
  readonly events: number | null;
  readonly seed: number;
  readonly json: string | null;
  readonly resume: boolean;
  readonly effort: number;
}

/** A command line that asks for what there is not; the message is a sentence for a person. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

const CLIENTS: Readonly<Record<string, readonly Client[]>> = {
  both: ['platformatic', 'kafkajs'],
  platformatic: ['platformatic'],
  kafkajs: ['kafkajs'],
};

export const helpText = (scenarios: readonly AnyScenario[]): string =>
  `Strikes a whole Holdfast on a real Kafka, every service in several processes, and checks that nothing was lost and
nothing took effect twice. Needs Java 17 and Maven, but for the scenario \`embedded\`.

  npm run chaos -- [OPTIONS]

  --scenario S   a name, a number, or all but those that run apart (default all)
  --client C     Kafka client: platformatic, kafkajs or both (default both)
  --events N     least number of events; the load goes on until all strikes are done (default ${EVENTS},
                 killed-processes 100000)
  --seed S       of the load and the strikes (default 1)
  --json FILE    rows {scenario, client, events, strikes, lost, doubled, recoverySeconds, pass}; with all
                 scenarios, or one that runs apart, docs/reliability.md is written too
  --resume       keep rows of FILE that have passed at this commit with this seed
  --effort F     share of the strikes, 0 to 1 (default 1); what is less proves less

${scenarios.map(({ number, name, promise, isApart }) => `  ${String(number).padStart(2)}  ${name.padEnd(20)}  ${isApart ? '(apart) ' : ''}${promise}`).join('\n')}
`;

/** Throws {@link OptionError}. */
export function readOptions(args: readonly string[], all: readonly AnyScenario[]): Options {
  const values = parse(args);
  return {
    help: values.help ?? false,
    scenarios: chosen(values.scenario ?? 'all', all),
    clients: CLIENTS[values.client ?? 'both'] ?? refuse(`--client must be platformatic, kafkajs or both.`),
    events: values.events === undefined ? null : whole('events', values.events, 1),
    seed: whole('seed', values.seed ?? '1', 0),
    json: values.json ?? null,
    resume: values.resume ?? false,
    effort: share('effort', values.effort ?? '1'),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string' },
        client: { type: 'string' },
        events: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        effort: { type: 'string' },
        resume: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return refuse(`${(error as Error).message.split('. ')[0]}. See npm run chaos -- --help.`);
  }
}

function chosen(text: string, all: readonly AnyScenario[]): readonly AnyScenario[] {
  if (text === 'all') return all.filter(({ isApart }) => !isApart);
  const found = all.filter(({ name, number }) => name === text || String(number) === text);
  if (found.length > 0) return found;
  return refuse(`There is no scenario ${text}: choose all, or ${all.map(({ name }) => name).join(', ')}.`);
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return refuse(`--${name} must be a whole number of at least ${least}, not ${text}.`);
}

function share(name: string, text: string): number {
  const value = Number(text);
  return value > 0 && value <= 1 ? value : refuse(`--${name} must lie above 0 and be at most 1, not ${text}.`);
}

function refuse(sentence: string): never {
  throw new OptionError(sentence);
}
