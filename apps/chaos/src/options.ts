// The command line of `npm run chaos`.
import { parseArgs } from 'node:util';

import { type Flaw, FLAWS } from '@holdfast/stream/flaws';

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
  /** A rule of the protocol that is out of effect in the services. */
  readonly flaw: Flaw | null;
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
  --resume       keep rows of FILE that have passed at this commit with this seed, these events and this effort
  --effort F     share of the strikes, 0 to 1 (default 1); what is less proves less

${scenarios.map(({ number, name, promise, isApart }) => `  ${String(number).padStart(2)}  ${name.padEnd(20)}  ${isApart ? '(apart) ' : ''}${promise}`).join('\n')}
`;

/** `flaw`: CHAOS_FLAW of the environment. Throws {@link OptionError}. */
export function readOptions(args: readonly string[], all: readonly AnyScenario[], flaw: string | undefined): Options {
  const values = parse(args);
  const scenarios = chosen(values.scenario ?? 'all', all);
  if (values.resume && values.json === undefined) refuse('--resume keeps rows of a file: name it with --json.');
  return {
    help: values.help ?? false,
    scenarios,
    flaw: flaw ? flawOf(flaw, scenarios) : null,
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
    return refuse(`${plain((error as Error).message)} See npm run chaos -- --help.`);
  }
}

function chosen(text: string, all: readonly AnyScenario[]): readonly AnyScenario[] {
  if (text === 'all') return all.filter(({ isApart }) => !isApart);
  const found = all.filter(({ name, number }) => name === text || String(number) === text);
  if (found.length > 0) return found;
  const numbers = [...new Set(all.map(({ number }) => number))];
  return refuse(`There is no scenario ${text}: choose all, a number from ${numbers[0]} to ${numbers.at(-1)}, or ${all.map(({ name }) => name).join(', ')}.`); // prettier-ignore
}

function flawOf(name: string, scenarios: readonly AnyScenario[]): Flaw {
  const flaw = FLAWS.find((one) => one === name);
  if (!flaw)
    return refuse(`There is no flaw '${name}': CHAOS_FLAW may be ${FLAWS.map((one) => `'${one}'`).join(', ')}.`);
  const open = scenarios.find((scenario) => scenario.open);
  return open ? refuse(`CHAOS_FLAW is of services on Kafka: name a scenario other than ${open.name}.`) : flaw;
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

/** The first sentence of what Node says, in one line. */
const plain = (message: string): string => `${message.split(/\.\s/)[0]!.replace(/\s+/g, ' ').replace(/\.$/, '')}.`;
