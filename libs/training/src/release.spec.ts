// A whole training on a small made-up shop: repeatable, blind to the future, and honest in its report.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { decodeArtifact, encodeArtifact } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';
import * as tf from '@tensorflow/tfjs';

import { alertsOf, alertStream, summarise } from './alerts.js';
import { calibrated, fitCalibration, seasonShiftOf } from './calibration.js';
import { type FitProgress } from './fit.js';
import { lrAll } from './models/lr-all.js';
import { atRiskAt } from './population.js';
import { type DataFacts, type Release, type ReleaseOptions, trainRelease } from './release.js';
import { reportOf } from './report.js';
import { artifactOf, beginningOf, servedLogits } from './served.js';
import { splitOf } from './split.js';
import { historiesOf, SHOP_START as start, syntheticEvents } from './synthetic-shop.js';

const days = 150;
const definition = { horizonDays: 20, activeDays: 40 };
const events = syntheticEvents(100, days);
const histories = historiesOf(events);
const split = splitOf(start, start + days * DAY, 20);
const facts: DataFacts = {
  name: 'made-up',
  events: events.length,
  customers: histories.length,
  from: start,
  until: start + days * DAY,
  hash: 'abc',
};

type More = Partial<
  Pick<
    ReleaseOptions,
    'shouldStop' | 'onProgress' | 'onTeaching' | 'teachers' | 'from' | 'fromHash' | 'epochs' | 'prior'
  >
>;
const run = (seed: number, more: More = {}) =>
  trainRelease({ ...definition, histories, split, seed, epochs: 2, teachers: [], ...more }, facts);

let release: Release;
const progress: FitProgress[] = [];
beforeAll(async () => {
  tf.enableProdMode(); // no advice about other backends
  await tf.setBackend('cpu');
  release = await run(1, { teachers: [lrAll], onProgress: (p) => void progress.push(p) });
});

describe('a release', () => {
  it('is the same bytes for the same seed, and others for another', async () => {
    const bytes = Buffer.from(encodeArtifact(release.artifact));
    expect(Buffer.from(encodeArtifact((await run(1, { teachers: [lrAll] })).artifact)).equals(bytes)).toBe(true);
    expect(Buffer.from(encodeArtifact((await run(2)).artifact)).equals(bytes)).toBe(false);
  });

  it('can be served: it decodes, for the features of this build', () => {
    const expected = { featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE };
    const decoded = decodeArtifact(encodeArtifact(release.artifact), expected);
    expect(decoded).toEqual(release.artifact);
    expect(decoded.thresholds.medium).toBeLessThan(decoded.thresholds.high - decoded.hysteresis);
  });

  it('ranks better than chance, and leaves no tensor behind', () => {
    expect(release.evaluations[0]!.methods.served.auc.value).toBeGreaterThan(0.6);
    const before = tf.memory().numTensors;
    return run(3).then(() => expect(tf.memory().numTensors).toBe(before));
  });

  it('tells how far it is after every batch', () => {
    const last = progress.at(-1)!;
    expect(last.batch).toBe(last.batches);
    expect(last.epoch).toBe(2);
    expect(progress.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  it('keeps the best so far when it is stopped', async () => {
    let isTaught = false;
    const onTeaching = (done: number, of: number) => void (isTaught = done === of);
    const stopped = await run(1, { teachers: [lrAll], onTeaching, shouldStop: () => isTaught });
    expect(stopped.origin).toMatchObject({ stopped: true, epochsRun: 1, epoch: 0 });
    expect(reportOf(stopped, 'f'.repeat(64))).toContain('stopped by hand');
    decodeArtifact(encodeArtifact(stopped.artifact));
  });

  it('goes on from another one, with what its inputs are scaled by, and is not worse at validation', async () => {
    const from = release.artifact;
    const next = await run(2, { from, fromHash: 'e'.repeat(64), epochs: 9 });
    expect(next.artifact.scaler).toEqual(from.scaler);
    const [now, before] = [next.origin, release.origin];
    if (now.kind !== 'network' || before.kind !== 'network') throw new Error('A network was to be trained.');
    expect(now.epochsRun).toBeLessThanOrEqual(5);
    expect(now.validation).toBeLessThanOrEqual(before.validation + 1e-6);
    expect(reportOf(next, 'f'.repeat(64))).toContain('began with release `eeeeeeeeeeee`; epoch');
    expect(next.isFromLater).toBe(false);
    const earlier = splitOf(start, start + (days - 10) * DAY, 20);
    const tested = await trainRelease(
      { ...definition, histories, split: earlier, seed: 1, epochs: 1, teachers: [], from, fromHash: 'e'.repeat(64) },
      facts,
    );
    expect(reportOf(tested, 'f'.repeat(64))).toContain('these figures are not clean');
    const moved = Math.hypot(...next.artifact.skip.map((weight, k) => weight - from.calibration.slope * from.skip[k]!));
    expect(moved).toBeLessThan(0.1);
    await expect(run(1, { from: { ...from, horizonDays: 30 } })).rejects.toThrow(
      'The release to go on from predicts churn within 30 days, this training within 20',
    );
  });

  it("is the prior and the shop's own customers where these are few", async () => {
    const shops = [{ name: 'another shop', dataHash: 'xyz' }];
    const prior = () => Promise.resolve({ artifact: release.artifact, hash: 'd'.repeat(64), shops });
    const young = await run(1, { prior });
    expect(young.isFromLater).toBe(false);
    expect(reportOf(young, 'f'.repeat(64))).toContain('the prior `dddddddddddd` of another shop');
    expect(young.origin).toMatchObject({ kind: 'cold start' });
    expect(young.origin.customers).toBeGreaterThan(20);
    expect(reportOf(young, 'f'.repeat(64))).toContain('too few for a network of their own');
    expect(young.evaluations[0]!.methods.served.auc.value).toBeGreaterThan(0.6);
    decodeArtifact(encodeArtifact(young.artifact));
    const itself = [{ name: 'made-up', dataHash: facts.hash }];
    const leaked = await run(1, { prior: async () => ({ ...(await prior()), shops: itself }) });
    expect(reportOf(leaked, 'f'.repeat(64))).toContain('these figures are not clean');
    expect((await run(1, { prior, from: release.artifact, epochs: 1 })).origin.kind).toBe('network');
    expect((await run(1, { prior: () => Promise.resolve(null), epochs: 1 })).origin.kind).toBe('network');
  });

  it('begins where the other one was, but for the season, which the same validation gives back', () => {
    const { artifact } = release;
    const { weights, scaler } = beginningOf(artifact);
    const { medianOrderMinor } = artifact.scale;
    const begun = artifactOf(weights, { ...definition, medianOrderMinor, scaler, seed: 1 });
    const validation = atRiskAt(histories, split.validation, definition);
    const y = Uint8Array.from(validation, ({ churned }) => Number(churned));
    const shift = seasonShiftOf(artifact)!;
    const [before, without] = [artifact, begun].map((network) => servedLogits(network, validation));
    expect(Math.abs(shift)).toBeGreaterThan(0.01);
    without!.forEach((logit, i) => expect(logit).toBeCloseTo(before![i]! - shift, 4));
    const again = servedLogits(calibrated(begun, fitCalibration(without!, y)), validation);
    again.forEach((logit, i) => expect(logit).toBeCloseTo(before![i]!, 3));
  });

  it('is none when it is stopped before there is a network', async () => {
    await expect(run(1, { teachers: [lrAll], shouldStop: () => true })).rejects.toThrow(
      'Stopped while the teacher was learning',
    );
  });

  it('scores nobody by what came later', () => {
    const at = split.tests[0]!;
    const known = historiesOf(events.filter((event) => event.receivedAt < at));
    const [before, after] = [known, histories].map((list) => atRiskAt(list, at, definition));
    expect(before!.map((one) => one.history.customer)).toEqual(after!.map((one) => one.history.customer));
    expect(servedLogits(release.artifact, before!)).toEqual(servedLogits(release.artifact, after!));
  });

  it('raises the alerts of a period whatever comes after it, labels apart', () => {
    const until = split.validation;
    const period = { from: until - 20 * DAY, until };
    const known = historiesOf(events.filter((event) => event.receivedAt < until));
    const [before, after] = [known, histories].map((list) =>
      alertsOf(release.artifact, alertStream(release.artifact, list, period), 0.5).map(({ at, cause }) => ({
        at,
        cause,
      })),
    );
    expect(before!.length).toBeGreaterThan(0);
    expect(after).toEqual(before);
  });

  it('never alerts twice in one silence', () => {
    const period = { from: start, until: start + days * DAY };
    for (const threshold of [0.3, 0.5, 0.7]) {
      for (const track of alertStream(release.artifact, histories, period).tracks) {
        const alerts = alertsOf(release.artifact, { tracks: [track], period }, threshold);
        const activities = track.stages.filter(({ acted }) => acted).map(({ at }) => at);
        alerts.slice(1).forEach(({ at }, i) => {
          expect(activities.some((activity) => activity > alerts[i]!.at && activity <= at)).toBe(true);
        });
      }
    }
  });

  it('sums up alerts', () => {
    const alert = { at: 0, cause: 'silence', right: true, leadDays: 4, above: [] } as const;
    const week = { from: 0, until: 7 * DAY };
    expect(summarise([alert, { ...alert, cause: 'event', right: false }], { atRisk: 100, period: week })).toEqual({
      alerts: 2,
      bySilence: 0.5,
      precision: 0.5,
      perThousandWeek: 20,
      medianLeadDays: 4,
    });
  });

  it('is reported with all methods, intervals, thresholds, seed and data hash', () => {
    const report = reportOf(release, 'f'.repeat(64));
    for (const part of [
      'LSTM + wide',
      'logistic regression on RFM',
      'recency rule',
      '`abc`',
      '| seed | 1 |',
      'Limits',
    ]) {
      expect(report).toContain(part);
    }
    expect(report).not.toMatch(/NaN|undefined/);
  });

  it('refuses to learn from nobody, saying what to do', async () => {
    const few = trainRelease({ ...definition, histories: histories.slice(0, 5), split, seed: 1, epochs: 1 }, facts);
    await expect(few).rejects.toThrow(/at least 20 are needed. Import more history/);
  });
});
