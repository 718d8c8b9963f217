import { describe, expect, it } from '@jest/globals';
import { HOUR } from '@holdfast/schemas';
import fc from 'fast-check';

import { type Batch, batchesOf } from './batches.js';
import { feed, type FeedItem } from './feed.js';
import { type ReplaySource } from './survey.js';

const wait = () => Promise.resolve();

const sourceOf = (hours: readonly (number | null)[]): ReplaySource => ({
  name: 'x',
  layout: 'x',
  async *events() {
    for (const [i, hour] of hours.entries()) {
      const place = { line: i + 2, file: 'x' };
      if (hour === null) yield { ...place, reason: 'bad', message: 'bad' };
      else {
        const at = hour * HOUR;
        const times = { occurredAt: at, receivedAt: at };
        yield {
          ...place,
          event: { messageId: `m${i}`, shop: 'main', customer: 'c', type: 'view', origin: 'replay', ...times },
        };
      }
    }
  },
});

async function batches(
  hours: readonly (number | null)[],
  more: Partial<Parameters<typeof feed>[1]> = {},
  mostItems = 500,
) {
  const items = feed(sourceOf(hours), { shiftMs: 0, tickMs: 6 * HOUR, acknowledged: 0, lastTick: null, ...more });
  const all: Batch[] = [];
  for await (const batch of batchesOf(items, { mostItems, mostBytes: 480 * 1024, wait })) all.push(batch);
  return all;
}
const contents = (all: readonly Batch[]): unknown[] =>
  all.flatMap(({ body }) =>
    (JSON.parse(body) as { batch: { messageId?: string; at?: string }[] }).batch.map(
      (item) => item.messageId ?? item.at!,
    ),
  );

describe('the stream of a replay', () => {
  it('has a tick at every six hours, before the event that comes after it, and on to the end', async () => {
    expect(contents(await batches([7, 8, 19], { until: () => 25 * HOUR }))).toEqual([
      '1970-01-01T06:00:00.000Z',
      'm0',
      'm1',
      '1970-01-01T12:00:00.000Z',
      '1970-01-01T18:00:00.000Z',
      'm2',
      '1970-01-02T00:00:00.000Z',
    ]);
  });

  it('leaves out ticks in an import', async () => {
    expect(contents(await batches([7, 19], { tickMs: null }))).toEqual(['m0', 'm1']);
  });

  it('goes on after any batch as if it had not stopped, whatever the size of batches', async () => {
    const hours = fc.array(fc.option(fc.nat(200)), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(hours, fc.integer({ min: 1, max: 9 }), fc.nat(50), async (unsorted, size, cut) => {
        const hours = [...unsorted].sort((a, b) => (a ?? 0) - (b ?? 0));
        const until = () => 201 * HOUR;
        const whole = await batches(hours, { until }, size);
        const before = whole.slice(0, cut % (whole.length + 1));
        const lastTick = before.reduce<number | null>((last, batch) => batch.lastTick ?? last, null);
        const after = await batches(hours, { until, acknowledged: before.at(-1)?.line ?? 0, lastTick }, 7);
        expect([...contents(before), ...contents(after)]).toEqual(contents(whole));
        const read = (all: readonly Batch[]) => all.reduce((sum, batch) => sum + batch.read, 0);
        expect(read(before) + read(after)).toBe(hours.length);
      }),
    );
  });

  it('keeps requests below the limit of ingest', async () => {
    async function* large(): AsyncGenerator<FeedItem> {
      for (let line = 1; line <= 100; line++)
        yield { kind: 'event', line, at: 0, json: JSON.stringify('x'.repeat(30_000)) };
    }
    let lines = 0;
    for await (const { body, read } of batchesOf(large(), { mostItems: 500, mostBytes: 480 * 1024, wait })) {
      expect(body.length).toBeLessThan(500 * 1024);
      lines += read;
    }
    expect(lines).toBe(100);
  });

  it('sends nothing before it is due, and what is due without waiting for more', async () => {
    let now = 0;
    const log: string[] = [];
    const items = feed(sourceOf([1, 2, 3]), { shiftMs: 0, tickMs: null, acknowledged: 0, lastTick: null });
    const paced = batchesOf(items, {
      mostItems: 500,
      mostBytes: 1e6,
      dueIn: (at) => at - HOUR - now,
      wait: async (ms) => {
        log.push(`wait ${ms / HOUR}`);
        now += ms;
      },
    });
    for await (const batch of paced) log.push(...(contents([batch]) as string[]));
    expect(log).toEqual(['m0', 'wait 1', 'm1', 'wait 1', 'm2']);
  });
});
