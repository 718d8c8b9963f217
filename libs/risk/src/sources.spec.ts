import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@holdfast/model/fixtures';
import { DAY, HOUR, type Millis, MINUTE, SECOND } from '@holdfast/schemas';

import { heardFrom, isOut, lostOf, NOTICED_WITHIN, outageAt, sourceNamed, type Sources } from './sources.js';

const START: Millis = Date.UTC(2024, 0, 1);

/** Arrivals of a Poisson process whose rate, a second, changes; each followed by an event of the same visit. */
function visits(
  rateAt: (at: Millis) => number,
  { until, most, seed = 1 }: { until: Millis; most: number; seed?: number },
) {
  const random = seededRandom(seed);
  const arrivals: Millis[] = [];
  for (let at = START; at < until;) {
    at += (-Math.log(1 - random()) / most) * SECOND;
    if (at < until && random() < rateAt(at) / most) arrivals.push(Math.round(at));
  }
  return arrivals;
}

/** The sources after visits from one of them; `say` is told whether it was out when each came. */
function after(
  arrivals: readonly Millis[],
  say: (outage: ReturnType<typeof outageAt>) => void = () => undefined,
): Sources {
  return arrivals.reduce((sources, at) => {
    say(outageAt(sources['web'], at));
    return heardFrom(heardFrom(sources, 'web', at, true), 'web', at + 5 * SECOND, false);
  }, {} as Sources);
}

describe('a source', () => {
  it('of which nothing comes any more is out within four minutes, and not within two', () => {
    for (const rate of [0.12, 0.2, 1, 10]) {
      const arrivals = visits(() => rate, { until: START + HOUR, most: rate });
      const last = arrivals.at(-1)! + 5 * SECOND;
      const { web } = after(arrivals);
      expect(outageAt(web, last + 2 * MINUTE - 1)).toBeNull();
      expect(outageAt(web, last + NOTICED_WITHIN + MINUTE)).toEqual({
        from: last,
        until: last + NOTICED_WITHIN + MINUTE,
      });
      if (rate > 0.15) expect(outageAt(web, last + NOTICED_WITHIN)).not.toBeNull();
    }
  });

  it('is not out by chance, nor while a shop falls asleep or loses its customers slowly', () => {
    const night = (at: Millis) => (1 + Math.cos(((at - START) / DAY) * 2 * Math.PI)) / 2;
    const decline = (at: Millis) => 5 * 2 ** (-(at - START) / (20 * MINUTE));
    const cases = [
      visits(() => 0.1, { until: START + 20 * DAY, most: 0.1 }),
      visits(() => 2, { until: START + 12 * HOUR, most: 2 }),
      visits(night, { until: START + 3 * DAY, most: 1 }),
      visits(decline, { until: START + 10 * HOUR, most: 5 }),
    ];
    for (const [i, arrivals] of cases.entries()) {
      let [count, out] = [0, 0];
      const { web } = after(arrivals, (outage) => {
        count += 1;
        if (outage) out += 1;
      });
      expect(count).toBeGreaterThan(1_000);
      expect([i, out]).toEqual([i, 0]);
      if (i === 3) expect(outageAt(web, START + 20 * HOUR)).toBeNull();
    }
  });

  it('that comes too seldom to be missed in time is never said to be out', () => {
    const { web } = after(visits(() => 0.01, { until: START + DAY, most: 0.01 }));
    expect(outageAt(web, START + 10 * DAY)).toBeNull();
    expect(outageAt(undefined, START)).toBeNull();
  });

  it('has lost the time in which it was out, and no more than a day when it does not come back', () => {
    const arrivals = visits(() => 1, { until: START + HOUR, most: 1 });
    const back = START + 2 * HOUR;
    const last = arrivals.at(-1)! + 5 * SECOND;
    const sources = after([
      ...arrivals,
      back,
      ...visits(() => 1, { until: START + HOUR, most: 1 }).map((at) => at + 2 * HOUR),
    ]);
    const lost = (from: Millis, until: Millis) => lostOf(sources['web'], { from, until });
    expect(lost(START, back + MINUTE)).toBe(back - last);
    expect(lost(last + MINUTE, back + MINUTE)).toBe(back - last - MINUTE);
    expect(lost(START, last)).toBe(0);
    expect(lost(back, back + MINUTE)).toBe(0);
    const gone = sources['web']!.lastAt;
    const muchLater = gone + 9 * DAY;
    expect(lost(gone, muchLater)).toBe(DAY);
    expect(isOut(outageAt(sources['web'], gone + HOUR), gone + HOUR)).toBe(true);
    expect(isOut(outageAt(sources['web'], muchLater), muchLater)).toBe(false);
  });

  it('may have any name', () => {
    for (const name of ['__proto__', 'constructor', '', 'a\nb']) {
      let sources: Sources = {};
      for (let i = 0; i < 600; i++) sources = heardFrom(sources, name, START + i * SECOND, true);
      const kept = JSON.parse(JSON.stringify(sources)) as Sources;
      expect(outageAt(sourceNamed(kept, name), START + HOUR)).toEqual({
        from: START + 599 * SECOND,
        until: START + HOUR,
      });
    }
    expect(sourceNamed({}, 'toString')).toBeUndefined();
  });

  it('stays out when a stray event comes now and then, until it has been so for days', () => {
    const arrivals = visits(() => 1, { until: START + HOUR, most: 1 });
    let sources = after(arrivals);
    const from = sources['web']!.lastAt;
    for (let hour = 1; hour < 20; hour++) {
      const at = from + hour * HOUR;
      sources = heardFrom(sources, 'web', at, hour % 2 === 0);
      expect(outageAt(sources['web'], at + NOTICED_WITHIN)).not.toBeNull();
      expect(lostOf(sources['web'], { from: START, until: at + NOTICED_WITHIN })).toBe(at + NOTICED_WITHIN - from);
    }
    for (let hour = 20; hour < 240; hour++) sources = heardFrom(sources, 'web', from + hour * HOUR, false);
    expect(outageAt(sources['web'], from + 240 * HOUR)).toBeNull();
  });

  it('is not pushed out by others that come seldom, also while it is out', () => {
    let sources = after(visits(() => 1, { until: START + HOUR, most: 1 }));
    const { lastAt } = sources['web']!;
    for (let i = 0; i < 300; i++) sources = heardFrom(sources, `junk ${i}`, lastAt + i * SECOND, true);
    expect(Object.keys(sources)).toHaveLength(50);
    expect(outageAt(sources['web'], lastAt + 5 * MINUTE)).not.toBeNull();
  });

  it('is forgotten when there are too many newer ones', () => {
    let sources: Sources = {};
    for (let i = 0; i < 200; i++) sources = heardFrom(sources, `app ${i}`, START + i, true);
    expect(Object.keys(sources)).toHaveLength(50);
    expect(sources).toHaveProperty('app 199');
    expect(sources).not.toHaveProperty('app 149');
  });
});
