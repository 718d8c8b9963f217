// Runs one of the command-line jobs (`npm run train|evaluate|releases|thresholds|upkeep|prior|replay|dead-letters|rewind|chaos|bench|simulate -- …`), installed and built if need be.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { fail, prepare, root } from './prepare.mjs';

const jobs = {
  trainer: join('apps', 'trainer', 'dist', 'main.js'),
  evaluate: join('apps', 'trainer', 'dist', 'evaluate', 'main.js'),
  releases: join('apps', 'trainer', 'dist', 'releases', 'main.js'),
  thresholds: join('apps', 'trainer', 'dist', 'thresholds', 'main.js'),
  upkeep: join('apps', 'trainer', 'dist', 'upkeep', 'main.js'),
  prior: join('apps', 'trainer', 'dist', 'prior', 'main.js'),
  replay: join('apps', 'replay', 'dist', 'main.js'),
  'dead-letters': join('apps', 'dead-letters', 'dist', 'main.js'),
  rewind: join('apps', 'rewind', 'dist', 'main.js'),
  chaos: join('apps', 'chaos', 'dist', 'main.js'),
  bench: join('bench', 'main.mjs'),
  simulate: join('tools', 'simulate.mjs'),
};
const job = process.argv.splice(2, 1)[0];
if (!(job in jobs)) fail(`There is no job ${job}: choose ${Object.keys(jobs).join(', ')}.`);
prepare();
await import(pathToFileURL(join(root, jobs[job])).href);
