// Writes the table of docs/reliability.md: what is promised, and what the last run showed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from './arena/repository.js';
import { type Row } from './run-scenario.js';
import { SCENARIOS } from './scenarios/index.js';

const FILE = join(repositoryRoot, 'docs', 'reliability.md');
const BEGIN = '<!-- results: written by npm run chaos -->';
const END = '<!-- end of results -->';

/** Replaces what stands between the two marks of the page. */
export async function writeReliability(rows: readonly Row[]): Promise<void> {
  const page = await readFile(FILE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${FILE} has lost the marks ${BEGIN} and ${END}.`);
  await writeFile(FILE, `${before}${BEGIN}\n\n${table(rows)}\n\n${END}${after}`);
}

function table(rows: readonly Row[]): string {
  const cells = SCENARIOS.flatMap(({ name, number, promise }) =>
    rows
      .filter(({ scenario }) => scenario === name)
      .map((row) => [
        `${number} ${name}`,
        promise,
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
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
