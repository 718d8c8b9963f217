// One thread of `npm run simulate`: simulates the seeds it is told to, and says what came of them.
import { parentPort } from 'node:worker_threads';

import { simulate } from '../libs/stream/dist/simulation/simulate.js';
import { Tally } from '../libs/stream/dist/simulation/tally.js';

/** A broken protocol gets stuck where a sound one only takes long. */
const FLAW_LIMIT = 4_000;

parentPort.on('message', async ({ from, count, flaw }) => {
  const tally = new Tally();
  const complaints = [];
  for (let seed = from; seed < from + count; seed++) {
    const { complaint, tally: faults } = await simulate(seed, flaw === undefined ? {} : { flaw, limit: FLAW_LIMIT });
    if (complaint !== null) complaints.push({ seed, complaint });
    tally.add(faults);
  }
  parentPort.postMessage({ from, count, complaints, faults: [...tally.counts] });
});
