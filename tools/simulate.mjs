// `npm run simulate -- --seeds 100000`: the runner under simulated trouble, seed after seed, on all cores. See docs/runner.md.
import { appendFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { FLAWS } from '../libs/stream/dist/simulation/flaws.js';
import { Tally } from '../libs/stream/dist/simulation/tally.js';
import { fail } from './prepare.mjs';

const HELP = `npm run simulate -- [--seeds 100000] [--first 1] [--jobs N] [--flaw 'NAME'] [--json FILE]

Simulates the runner of the stream services, once for each seed: processes are killed, paused and cut off while they work, and calls
fail. What was published, stored and fired must be what brute force computes. A seed that fails replays exactly, by --first.

  --seeds   how many; from 2,000 on every kind of fault must have struck
  --first   the first of them
  --jobs    how many at once; default: one for each core
  --flaw    breaks one rule of the protocol, to see that it is noticed:${FLAWS.map((flaw) => `\n              '${flaw}'`).join('')}
  --json    writes what was found, and how often each fault struck, to this file

Ends with exit code 1 when a seed fails.`;

/** Seeds handed to a thread at once. */
const CHUNK = 25;
/** Enough for every kind of fault to have struck. */
const MANY = 2_000;
/** After so many failing seeds there is no need for more. */
const ENOUGH = 10;

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100000' },
        first: { type: 'string', default: '1' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        flaw: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return fail(`${error.message.split(/\.\s/)[0]}. npm run simulate -- --help says what there is.`);
  }
})();
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const { flaw } = values;
if (flaw !== undefined && !FLAWS.includes(flaw))
  fail(`There is no flaw '${flaw}': choose one of those below.\n\n${HELP}`);
if (values.json !== undefined) {
  try {
    appendFileSync(values.json, ''); // rather now than after the last seed
  } catch (error) {
    fail(`--json cannot be written: ${error.message}.`);
  }
}
const seeds = wholeNumber('seeds', 1);
const first = wholeNumber('first', 0);
const jobs = Math.min(wholeNumber('jobs', 1), Math.ceil(seeds / CHUNK));

const started = performance.now();
const tally = new Tally();
const failures = [];
/** First seeds of the chunks that are done. */
const finished = new Set();
let next = first;
let done = 0;
let isStopped = false;

const threads = Array.from({ length: jobs }, () => {
  const thread = new Worker(new URL('./simulate-seeds.mjs', import.meta.url));
  thread.on('message', (chunk) => take(thread, chunk));
  thread.on('error', (error) => fail(`The simulation broke down: ${error.stack ?? error}`));
  return thread;
});
for (const thread of threads) give(thread);
process.once('SIGINT', () => end(130));

/** Hands out the next seeds. */
function give(thread) {
  if (next >= first + seeds) return;
  const count = Math.min(CHUNK, first + seeds - next);
  thread.postMessage({ from: next, count, flaw });
  next += count;
}

function take(thread, { from, count, complaints, faults }) {
  if (isStopped) return;
  finished.add(from);
  done += count;
  tally.add(faults);
  for (const { seed, complaint } of complaints) {
    clearLine();
    process.stdout.write(`${complaint}\n  replay: ${replayOf(seed)}\n`);
    failures.push({ seed, complaint, replay: replayOf(seed) });
  }
  show();
  if (done === seeds || failures.length >= ENOUGH) end();
  else give(thread);
}

function replayOf(seed) {
  return `npm run simulate -- --first ${seed} --seeds 1${flaw === undefined ? '' : ` --flaw '${flaw}'`}`;
}

let shown = 0;
/** On a terminal one line, elsewhere one for every tenth. */
function show() {
  const { isTTY, columns = 80 } = process.stderr;
  const tenth = Math.floor((10 * done) / seeds);
  if (isTTY ? performance.now() - shown < 200 && done < seeds : tenth === shown) return;
  shown = isTTY ? performance.now() : tenth;
  const left = ((performance.now() - started) / done) * (seeds - done);
  const line = `${done} of ${seeds} seeds, ${Math.round((1_000 * done) / (performance.now() - started))} a second, ${duration(left)} left`;
  process.stderr.write(isTTY ? `\r\x1b[K${line.slice(0, columns - 1)}` : `${line}\n`);
}

function clearLine() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

function end(code) {
  isStopped = true;
  clearLine();
  const seconds = (performance.now() - started) / 1_000;
  const missing = done < MANY || flaw !== undefined ? [] : tally.missing();
  const faults = [...tally.counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const results = {
    first,
    seeds,
    done,
    seconds: Math.round(seconds),
    failures,
    missing,
    faults: Object.fromEntries(faults),
  };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(
    `${done === seeds ? `${seeds} seeds, ${first} to ${first + seeds - 1}` : `${done} of ${seeds} seeds, all up to ${covered()}`}: ` +
      `${failures.length} failed, ${faults.length} kinds of faults struck, in ${duration(1_000 * seconds)}.\n`,
  );
  for (const fault of missing) process.stdout.write(`This has never struck: ${fault}.\n`);
  process.exit(code ?? (failures.length + missing.length > 0 ? 1 : 0));
}

/** The last of the seeds before which none has been left out. */
function covered() {
  let seed = first;
  while (finished.has(seed)) seed += CHUNK;
  return Math.min(seed, first + seeds) - 1;
}

function duration(ms) {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function wholeNumber(name, least) {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < least)
    fail(`--${name} must be a whole number from ${least} on, not '${values[name]}'.`);
  return number;
}
