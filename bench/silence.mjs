// What it is worth to treat silence as an event: the same release on the same customers, scored by the clock, at their events alone, and at events and
// silence. How late alerts come is replayed; what it costs is measured on one core: a score by the clock, an event with its curve, a wake-up.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { decodeArtifact, initialLstmState, kernelOf, crossingsAhead } from '@holdfast/model';
import { wideAt } from '@holdfast/features';
import { advance, curveAfter } from '@holdfast/risk';

import { root } from '../tools/prepare.mjs';
import { cadencePlot } from './cadence-plot.mjs';
import { median } from './processes.mjs';
import { row } from './results.mjs';

const DAY = 86_400_000;

/** Of the shipped release, in the H days before the last test cut-off of Online Retail II; writes the plot of docs/silence.md. */
export async function cadence({ runs = 5 } = {}) {
  const of = (project, file) => import(join(root, project, 'dist', `${file}.js`));
  const { prepareTask } = await of('apps/trainer', 'evaluate/prepare-task');
  const { testStreams } = await of('libs/training', 'tiers');
  const { freshness } = await of('libs/training', 'freshness');
  const champion = (await readFile(join(root, 'models', 'champion'), 'utf8')).trim();
  const artifact = decodeArtifact(await readFile(join(root, 'models', `${champion}.json`)));
  const { task } = await prepareTask({ data: 'online-retail-ii', minPurchases: 1, split: null });
  const stream = testStreams(artifact, task).at(-1);
  const { cadences, crossings, inSilence, early } = freshness(artifact, stream, artifact.thresholds.high);
  const costs = costsOf(artifact, task.histories, runs);
  const events = cadences.at(-1).scores;
  const cpu = ({ name, scores }) => {
    if (name === 'on events and silence') return (events * costs.event + (inSilence + events) * costs.wake) / 1e6;
    // Whoever scores by the clock reads the events as well.
    return (events * costs.step + scores * costs.score) / 1e6;
  };
  process.stdout.write(
    `${crossings} crossings into the high tier, ${inSilence} in silence; for ${early} one can be early\n`,
  );
  await writeFile(join(root, 'docs', 'silence.svg'), cadencePlot(cadences));
  return cadences.flatMap((one) => [
    row(`crossings in silence heard of, scored ${one.name}`, percent(one.heardInSilence), '%'),
    row(`alert after a crossing in silence, scored ${one.name}, mean`, hours(one.meanDays), 'h'),
    row(`alert after a crossing in silence, scored ${one.name}, 95 % within`, hours(one.p95Days), 'h'),
    row(`churners reached before the horizon, scored ${one.name}`, percent(one.inTime), '%'),
    row(`scores in ${artifact.horizonDays} days, scored ${one.name}`, one.scores, ''),
    row(`CPU in ${artifact.horizonDays} days, scored ${one.name}`, Number(cpu(one).toPrecision(3)), 's', { runs }),
  ]);
}

/** Microseconds on one core: `step` of the network at an event, `event` with the curve drawn, `score` at one silence, `wake` to find the next crossing. */
function costsOf(artifact, histories, runs) {
  const moments = histories.flatMap((history) => history.moments).filter(({ x, orders }) => x !== null && orders > 0);
  const some = moments.slice(0, 20_000);
  const memory = initialLstmState(artifact.hidden);
  const once = { ...artifact, knotsDays: [30] };
  const state = { tier: 0, curve: curveAfter(artifact, memory.h, some[0].w, 0), lastActivityAt: 0 };
  const work = {
    step: ({ x }) => advance(artifact, memory, x),
    event: ({ x, w }) => {
      advance(artifact, memory, x);
      curveAfter(artifact, memory.h, w, 0);
    },
    score: ({ w }) => kernelOf(once).curve(memory.h, (days, out) => wideAt(w, days, artifact.scale, out)),
    wake: () => crossingsAhead(state, artifact, DAY),
  };
  const timed = (one) => {
    const started = process.cpuUsage();
    for (const moment of some) one(moment);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / some.length;
  };
  for (const one of Object.values(work)) timed(one);
  return Object.fromEntries(
    Object.entries(work).map(([name, one]) => [name, median(Array.from({ length: runs }, () => timed(one)))]),
  );
}

const percent = (share) => (share === null ? null : Number((100 * share).toFixed(1)));
const hours = (days) => (days === null ? null : Number((24 * days).toPrecision(3)));
