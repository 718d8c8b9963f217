// `npm run bench -- pipeline|boosting|training|scoring|silence [--only PART] [--json FILE]`: measures and prints rows {name, value, unit, against, ratio, runs}.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { fail, root } from '../tools/prepare.mjs';
import { boosting } from './boosting.mjs';
import { idle } from './idle.mjs';
import { embedded, fresh, kafka, replay } from './pipeline.mjs';
import { earlier } from './results.mjs';
import { kernel } from './scoring.mjs';
import { service } from './scoring-service.mjs';
import { cadence } from './silence.mjs';
import { training } from './training.mjs';
import { wakeUps } from './wake-ups.mjs';

const subjects = {
  pipeline: {
    replay: () => replay(),
    embedded: () => embedded(),
    kafka: () => kafka(),
    'idle-embedded': () => idle({ on: 'embedded' }),
    'idle-kafka': () => idle({ on: 'kafka' }),
    fresh: () => fresh(),
  },
  boosting: { boosting: () => boosting() },
  training: { training: () => training() },
  scoring: { kernel: () => kernel(), service: () => service() },
  silence: {
    cadence: () => cadence(),
    'wake-ups': () => wakeUps(),
    'idle-embedded': () => idle({ on: 'embedded', customers: 1_000_000, target: 3 }),
  },
};

const HELP = `npm run bench -- boosting|training [--json FILE]
npm run bench -- scoring [--only ${Object.keys(subjects.scoring).join('|')}] [--json FILE]
npm run bench -- silence [--only ${Object.keys(subjects.silence).join('|')}] [--json FILE]
npm run bench -- pipeline [--only ${Object.keys(subjects.pipeline).join('|')}] [--json FILE]

Measures the whole pipeline, or gradient boosting against LightGBM, or the training of the network
against PyTorch, or a score against ONNX Runtime and the scoring service on Kafka, or scoring at
silence against scoring by the clock, with a million customers who wait (half an hour), on this machine and prints one row a figure. With --json the rows replace those of
the same name in FILE (default bench/results.json). Kafka parts need Java 17 and Maven.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const parts = subjects[positionals[0]];
if (!parts || (values.only !== undefined && !(values.only in parts))) fail(HELP);

const file = values.json ?? join(root, 'bench', 'results.json');
for (const name of values.only === undefined ? Object.keys(parts) : [values.only]) {
  process.stderr.write(`measuring ${name} …\n`);
  const rows = await parts[name]();
  for (const { name: what, value, unit, against, ratio } of rows)
    process.stdout.write(`${what}: ${value} ${unit}${against === null ? '' : ` (${against}, ratio ${ratio})`}\n`);
  const names = new Set(rows.map((row) => row.name));
  const kept = (await earlier(file)).filter((row) => !names.has(row.name));
  await writeFile(
    file,
    `${JSON.stringify(
      [...kept, ...rows].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      null,
      2,
    )}\n`,
  );
}
