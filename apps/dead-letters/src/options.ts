// The command line of `npm run dead-letters`.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { DeadLettersRefused } from './refusal.js';
import { isStage, type Stage, STAGES } from './stages.js';

export const HELP = `Records that a stage could not apply: look at them, mend what was wrong, send them back.

  npm run dead-letters -- list [--stage STAGE] [--all]
  npm run dead-letters -- show ID
  npm run dead-letters -- replay ID
  npm run dead-letters -- replay --all [--stage STAGE]

  list              what has not been applied yet, oldest first; with --all also what has been by now
  show              one letter: why, where its record stands, headers and body
  replay            sends letters back to their stage. Each counts once, however often it is sent, also when
                    the command was killed on its way: run it again

  --stage STAGE     only letters of ${STAGES.join(', ')}
  --json            for programs
  --data-dir DIR    where everything of \`npm start\` is kept (default .holdfast). Stop Holdfast first.
                    With KAFKA_BROKERS (and DATABASE_URL) set, the services there are looked after instead

Mend the cause before you send anything back: what fails again is a new letter.
`;

export type CommandLine = {
  readonly json: boolean;
  readonly dataDir: string;
} & (
  | { readonly command: 'list'; readonly stage: Stage | null; readonly all: boolean }
  | { readonly command: 'show'; readonly id: string }
  | { readonly command: 'replay'; readonly id: string | null; readonly stage: Stage | null }
);

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link DeadLettersRefused}. */
export function readCommandLine(args: readonly string[], root: string): CommandLine | null {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) return null;
  const [command, id, ...more] = positionals;
  const { all = false, json = false } = values;
  const stage = values.stage === undefined ? null : stageOf(values.stage);
  const dataDir = values['data-dir'] === undefined ? join(root, '.holdfast') : resolve(values['data-dir']);
  if (more.length > 0) throw refusal('One ID at a time, or all with replay --all');
  if (command === 'list' && id === undefined) return { command, stage, all, json, dataDir };
  if (command === 'show' && id !== undefined && stage === null && !all) return { command, id, json, dataDir };
  if (command === 'replay') {
    if (id === undefined && !all) throw refusal('Say which letter to send back: its ID, or --all');
    if (id !== undefined && (all || stage !== null)) throw refusal('Give an ID, or --all, not both');
    return { command, id: id ?? null, stage, json, dataDir };
  }
  throw refusal(command === undefined ? 'Say what to do: list, show or replay' : reproach(positionals));
}

function reproach([command, id]: readonly string[]): string {
  if (command === 'show')
    return id === undefined ? 'Say which letter to show: its ID' : 'show takes an ID, and nothing else';
  return command === 'list' ? 'list takes no ID' : `${command} makes no sense`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stage: { type: 'string' },
        all: { type: 'boolean' },
        json: { type: 'boolean' },
        'data-dir': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw refusal((error as Error).message.split('. ')[0]!);
  }
}

function stageOf(name: string): Stage {
  if (isStage(name)) return name;
  throw refusal(`There is no stage ${name}: choose ${STAGES.join(', ')}`);
}

const refusal = (what: string): DeadLettersRefused =>
  new DeadLettersRefused(`${what}. \`npm run dead-letters -- --help\` shows how.`);
