// Rounds of upkeep on the log of a shop, as the service makes them.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createContext } from '@holdfast/service';

import { fillLog, openTestPlace, released, scores, type TestPlace } from '../releases/place.fixture.js';
import { artifact, shelve } from '../releases/shelf.fixture.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter } from './look-after.js';
import { type lookInThread as LookInThread } from './look-in-thread.js';
import { UpkeepWatch } from './watch.js';

let place: TestPlace;
let hash: string;

const watchOf = (act: boolean) => {
  const context = createContext('upkeep', { logLevel: 'silent', processMetrics: false });
  const { models } = place;
  const watch = new UpkeepWatch(context, { UPKEEP_EVERY_DAYS: 7 }, async (say) => {
    const desk = { ...place, isRunning: true, servedFrom: models, shelf: await readShelf(models), say };
    return lookAfter({ data: 'log', layout: undefined, models, act, isShared: true }, desk);
  });
  return { watch, context, ready: () => context.health.checks.get('upkeep')!() };
};

beforeAll(async () => {
  place = await openTestPlace();
  hash = await shelve(place.models, artifact(2, 1));
  await fillLog(place);
  await scores(place, hash, '{0,1}');
});
afterAll(() => place?.remove());

describe('upkeep as a service', () => {
  it('tells Prometheus how the release does on the shop’s own events, and leaves it alone', async () => {
    const { watch, context, ready } = watchOf(false);
    await watch.start();
    await watch.stop();
    const text = await context.metrics.register.metrics();
    const value = (name: string) =>
      Number(new RegExp(`^${name}\\{release="${hash.slice(0, 12)}",service="upkeep"\\} (.+)$`, 'm').exec(text)?.[1]);
    expect(value('holdfast_model_ece')).toBeGreaterThan(0.5);
    expect(value('holdfast_model_observed_over_expected')).toBeGreaterThan(3);
    expect(value('holdfast_model_logloss')).toBeGreaterThan(0.5);
    expect(value('holdfast_model_risk_stability_index')).toBeGreaterThanOrEqual(0);
    expect(value('holdfast_model_training_signs')).toBe(3);
    expect(value('holdfast_model_looked_at_seconds')).toBeGreaterThan(1.7e9);
    await ready();
    expect(await released(place)).toEqual([]);
  });

  it('acts when it may, and looks at its own work the next time', async () => {
    const { watch, context } = watchOf(true);
    await watch.start();
    const [mended] = await released(place);
    expect(mended).toMatch(/^[0-9a-f]{64}$/);
    await watch.start();
    await watch.stop();
    expect(await released(place)).toEqual([mended]); // what became of it is not known yet
    expect(await context.metrics.register.metrics()).toContain(`{release="${mended!.slice(0, 12)}",service="upkeep"}`);
  });

  it('is not ready while it cannot look, and says why', async () => {
    const mended = (await released(place)).at(-1);
    await rm(join(place.models, `${mended}.json`));
    const { watch, ready } = watchOf(false);
    await watch.start();
    await watch.stop();
    await expect(ready()).rejects.toThrow(`The champion ${mended!.slice(0, 12)} is not in ${place.models}`);
  });

  it('looks in a thread, which says what it sees, why it cannot, and ends when it is to', async () => {
    const own = await openTestPlace();
    await shelve(own.models, artifact(2, 1));
    await fillLog(own);
    await scores(own, hash, '{0,1}');
    await own.release();
    const { lookInThread } = (await import(join(import.meta.dirname, '../../dist/upkeep/look-in-thread.js'))) as {
      lookInThread: typeof LookInThread;
    };
    const said: string[] = [];
    const look = (dataDir: string, signal = new AbortController().signal) =>
      lookInThread({ dataDir, models: own.models, act: false, isShared: true }, (line) => void said.push(line), signal);
    const { champion, inspection } = await look(own.folder);
    expect(champion).toBe(hash);
    expect(inspection.cohorts.at(-1)!.customers).toBeGreaterThan(50);
    expect(said.join('\n')).toContain(`What release ${hash.slice(0, 12)} said`);
    await expect(look(join(own.folder, 'nowhere'))).rejects.toThrow('There is no log at');
    await expect(look(own.folder, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await own.remove();
  });

  it('does not start on what belongs to one process', async () => {
    const service = join(import.meta.dirname, '../../dist/upkeep/service.js');
    const { KAFKA_BROKERS: _, ...env } = process.env;
    await expect(promisify(execFile)(process.execPath, [service], { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^upkeep: Set KAFKA_BROKERS and DATABASE_URL\./) as unknown as string,
    });
  });
});
