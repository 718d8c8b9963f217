// Writes the table of docs/reliability.md: what is promised, and what the last run showed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from './arena/repository.js';
import { type Row } from './run-scenario.js';
import { type AnyScenario } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';

const FILE = join(repositoryRoot, 'docs', 'reliability.md');
const BEGIN = '<!-- results: written by npm run chaos -->';
const END = '<!-- end of results -->';

/** Replaces between the two marks of the page what is told of these scenarios and clients. */
export async function writeReliability(rows: readonly Row[]): Promise<void> {
  const page = await readFile(FILE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [told, after] = rest?.split(END) ?? [];
  if (before === undefined || told === undefined || after === undefined)
    throw new Error(`${FILE} has lost the marks ${BEGIN} and ${END}.`);
  await writeFile(FILE, `${before}${BEGIN}\n\n${tableWith(rows, told.split('\n'))}\n\n${END}${after}`);
}

/** The table with these rows in the places of those of their scenarios and clients. `lines`: the table as it is. */
export function tableWith(rows: readonly Row[], lines: readonly string[]): string {
  const cells = SCENARIOS.flatMap((scenario) => {
    const own = rows.filter((row) => row.scenario === scenario.name);
    const kept = lines.filter((line) => {
      const [title, , client] = line.slice(2, -2).split(' | ');
      return title === titleOf(scenario) && own.every((row) => row.client !== client);
    });
    const told = own.map((row) =>
      lineOf([
        titleOf(scenario),
        scenario.promise,
        row.client,
        row.events,
        row.decided,
        row.delivered,
        Object.entries(row.strikes).map(([kind, count]) => `${count} ${kind}`).join(', '), // prettier-ignore
        row.lost,
        row.doubled,
        row.recoverySeconds,
        row.pass ? 'pass' : `FAIL: ${row.faults[0] ?? ''}`,
      ]),
    );
    return [...kept, ...told];
  });
  const head = [
    'scenario',
    'promise',
    'client',
    'events',
    'decisions',
    'sent',
    'strikes',
    'lost',
    'doubled',
    'recovery, s',
    'result',
  ];
  return [lineOf(head), lineOf(head.map(() => '---')), ...cells].join('\n');
}

const titleOf = ({ number, name }: AnyScenario): string => `${number} ${name}`;
const lineOf = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
