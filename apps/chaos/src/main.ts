// `npm run chaos`: runs scenarios one after another, prints a line each, and writes the rows.
import { execFileSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';

import { plainMessage } from '@holdfast/service';
import { type Flaw } from '@holdfast/stream/flaws';

import { whyNoKafka } from './arena/kafka.js';
import { repositoryRoot } from './arena/repository.js';
import { helpText, type Options, readOptions } from './options.js';
import { Progress } from './progress.js';
import { writeReliability } from './reliability.js';
import { clientOf, type Row, runScenario } from './run-scenario.js';
import { SCENARIOS } from './scenarios/index.js';

/** What `all` runs. */
const TOGETHER = SCENARIOS.filter(({ isApart }) => !isApart);

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const { scenarios, clients, events, seed, effort, json, resume, flaw } = options;
  const commit = commitOf();
  const lack = scenarios.every(({ open }) => open) ? null : await whyNoKafka();
  if (lack !== null) throw new Error(lack);
  const kept = json === null ? [] : await earlier(json, (row) => resume && row.pass && isSame(row, commit, options));
  if (json !== null)
    await appendFile(json, '').catch((error: Error) => {
      throw new Error(`--json cannot be written: ${error.message}.`); // rather now than after the first scenario
    });
  const rows: Row[] = [];
  for (const client of clients) {
    for (const scenario of scenarios) {
      if (scenario.open && client !== clients[0]) continue; // the client is nothing to it
      const name = clientOf(scenario, client);
      const done = kept.find((row) => row.scenario === scenario.name && row.client === name);
      const progress = new Progress(`${scenario.name}, ${name}`);
      const run = {
        client,
        seed,
        events,
        effort,
        judgesTimes: true,
        commit,
        signal,
        say: (text: string) => progress.say(text),
      };
      const row = done ?? (await runScenario(scenario, run).finally(() => progress.clear()));
      rows.push(row);
      process.stdout.write(`${lineOf(row)}\n${flaw === null ? '' : noticeOf(row, flaw)}`);
      if (json !== null) await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`);
    }
  }
  const isWhole = scenarios.every(({ isApart }) => isApart) || TOGETHER.every((one) => scenarios.includes(one));
  if (json !== null && isWhole && effort === 1 && flaw === null) await writeReliability(rows);
  if (rows.some(({ pass }) => !pass)) process.exitCode = 1;
}

const isSame = (row: Row, commit: string | null, { seed, effort, events }: Options) =>
  commit !== null && row.commit === commit && row.seed === seed && row.effort === effort && row.atLeast === events;

/** What a flaw is for: whether the checker sees what came of it. That too few strikes struck says nothing of the checker. */
const noticeOf = ({ isNoticed }: Row, flaw: Flaw) =>
  `      ${isNoticed ? 'The checker noticed' : 'THE CHECKER DID NOT NOTICE'} that ${flaw}.\n`;

function lineOf({
  pass,
  scenario,
  client,
  events,
  decided,
  delivered,
  strikes,
  lost,
  doubled,
  recoverySeconds,
  seconds,
  faults,
}: Row): string {
  const struck = Object.entries(strikes).map(([kind, count]) => `${count} × ${kind}`);
  const line = `${pass ? 'pass' : 'FAIL'}  ${scenario}, ${client}: ${events} events, ${decided} decisions, ${delivered} sent; ${struck.join(', ') || 'no strike'}; ${lost} lost, ${doubled} doubled, recovery ${recoverySeconds} s (${seconds} s)`;
  return [line, ...faults.map((fault) => `      ${fault}`)].join('\n');
}

/** Rows of an earlier run that are to be kept; none when there is no such file. */
async function earlier(file: string, isKept: (row: Row) => boolean): Promise<Row[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text === '') return [];
  try {
    return (JSON.parse(text) as Row[]).filter(isKept);
  } catch {
    throw new Error(`${file} does not hold the rows of an earlier run: name another file, or remove it.`);
  }
}

/** The commit that is checked out; null where Git does not know, or files have been changed. */
function commitOf(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('status', '--porcelain', '--untracked-files=no') === '' ? git('rev-parse', 'HEAD') : null;
  } catch {
    return null;
  }
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupt.abort(new Error('Stopped; everything that was started has been ended.')));
try {
  const options = readOptions(process.argv.slice(2), SCENARIOS, process.env['CHAOS_FLAW']);
  if (options.help) process.stdout.write(helpText(SCENARIOS));
  else await main(options, interrupt.signal);
} catch (error) {
  process.stderr.write(`${plainMessage(interrupt.signal.aborted ? interrupt.signal.reason : error)}\n`);
  process.exitCode = 1;
}
