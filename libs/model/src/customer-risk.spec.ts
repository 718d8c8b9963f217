import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { crossingsAhead, logitOf, riskCurveOf, type ScoringState, UNDOUBTED } from './customer-risk.js';
import { randomArtifact } from './fixtures.js';
import { logit, sigmoid } from './probability.js';
import { reasonsFor } from './reasons.js';
import { scoringStateCodec } from './scoring-state-codec.js';
import { HIGH, LAPSED, LOW, MEDIUM, thresholdOf, tierAfter, tierReached } from './tiers.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2024, 0, 1);
const artifact = randomArtifact({ stepSize: 3, wideSize: 2 });

/** A customer whose risk is logit −1.5 + .8 · log(1 + s), last active at `NOW`. */
const customer = (more: Partial<ScoringState> = {}): ScoringState => ({
  shop: 'main',
  customer: 'c-1',
  model: 'ab'.repeat(32),
  h: new Float32Array(32).fill(0.25),
  c: new Float32Array(32).fill(-0.5),
  curve: Float32Array.from(artifact.knotsDays, (days) => -1.5 + 0.8 * Math.log1p(days)),
  counters: new Float32Array(60).fill(1.5),
  steps: new Uint8Array(74).fill(7),
  tier: LOW,
  lastActivityAt: NOW,
  origin: 0,
  importedAt: 0,
  toldUntil: 0,
  source: '',
  lost: 0,
  ...UNDOUBTED,
  crossings: [],
  tiers: [{ at: 0, tier: LOW }],
  orders: 3,
  meanOrderMinor: 4200.5,
  logitBefore: -0.7,
  logitAfter: -1.5,
  ...more,
});

describe('a customer at risk', () => {
  it('crosses medium, then high, then lapses, at whole milliseconds', () => {
    const crossings = crossingsAhead(customer(), artifact, NOW);
    expect(crossings.map((c) => c.tier)).toEqual([MEDIUM, HIGH, LAPSED]);
    expect((crossings[0]!.at - NOW) / DAY).toBeCloseTo(Math.expm1((logit(0.6) + 1.5) / 0.8), 4);
    expect(crossings[2]!.at).toBe(NOW + 180 * DAY);
    for (const { at, tier } of crossings.slice(0, 2)) {
      const threshold = logit(thresholdOf(artifact, tier)!);
      expect(logitOf(customer(), artifact, at)).toBeGreaterThanOrEqual(threshold - 1e-9);
      expect(logitOf(customer(), artifact, at - 1000)).toBeLessThan(threshold);
    }
  });

  it('crosses only upwards from the tier it is in, and never after it lapsed', () => {
    expect(crossingsAhead(customer({ tier: HIGH }), artifact, NOW).map((c) => c.tier)).toEqual([LAPSED]);
    expect(crossingsAhead(customer({ tier: LAPSED }), artifact, NOW)).toEqual([]);
    expect(crossingsAhead(customer({ curve: new Float32Array() }), artifact, NOW)).toEqual([]);
  });

  it('reaches two tiers at once where the curve jumps', () => {
    const curve = Float32Array.from(artifact.knotsDays, (_, k) => (k === 0 ? -1 : 9e8));
    expect(crossingsAhead(customer({ curve }), artifact, NOW).map((c) => c.tier)).toEqual([HIGH, LAPSED]);
  });

  it('is drawn as evenly spaced points of its risk', () => {
    const points = riskCurveOf(customer(), artifact, { from: NOW, until: NOW + 180 * DAY, points: 7 });
    expect(points.map((p) => (p.at - NOW) / DAY)).toEqual([0, 30, 60, 90, 120, 150, 180]);
    expect(points[6]!.risk).toBeCloseTo(sigmoid(-1.5 + 0.8 * Math.log1p(180)), 6);
    expect(() => riskCurveOf(customer(), artifact, { from: NOW, until: NOW, points: 7 })).toThrow(RangeError);
  });

  it('has reasons that add up to its logit', () => {
    const reasons = reasonsFor(customer(), 0.4);
    expect(reasons.map((r) => r.name)).toEqual(['silence', 'event', 'history']);
    expect(reasons.reduce((sum, r) => sum + r.weight, 0)).toBeCloseTo(0.4, 9);
  });

  it('law: is the same after it was stored, in well under 1 KB', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), fc.array(fc.float({ noNaN: true }), { minLength: 15, maxLength: 15 }), (id, curve) => {
        const state = customer({ customer: `x${id.replaceAll(/[\ud800-\udfff]/g, '')}`, curve: Float32Array.from(curve), tier: HIGH, source: id.slice(0, 9).replaceAll(/[\ud800-\udfff]/g, ''), lost: 5, crossedAt: NOW, crossings: [{ at: NOW - 5, to: MEDIUM }, { at: NOW, to: HIGH }], tiers: [{ at: 0, tier: LOW }, { at: NOW, tier: HIGH }], tierBefore: MEDIUM, heldAt: 7 });
        const bytes = scoringStateCodec.encode(state);
        expect(bytes.length).toBeLessThanOrEqual(1024);
        expect(scoringStateCodec.decode(bytes)).toEqual(state);
        expect(scoringStateCodec.decode(Buffer.from(bytes))).toEqual(state); // as a database gives it
      }),
    ); // prettier-ignore
    const plain = customer({ counters: new Float32Array(), steps: new Uint8Array() });
    expect(scoringStateCodec.encode(plain).length).toBeLessThan(500);
    expect(() => scoringStateCodec.decode(scoringStateCodec.encode(customer()).subarray(1))).toThrow(RangeError);
    expect(() => scoringStateCodec.decode(new Uint8Array(3))).toThrow(/scoring state: 3 bytes/);
  });

  it('is read as earlier programs stored it: without counters and steps, without forecasts, without sources, without the last days', () => {
    const plain = customer({ counters: new Float32Array(), steps: new Uint8Array() });
    /** The bytes without some after the fixed numbers. */
    const without = (state: ScoringState, from: number, until: number) => {
      const bytes = scoringStateCodec.encode({ ...state, crossings: [], tiers: [] });
      return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(until)]);
    };
    const model = 12 + 5 * 8 + 32; // where the hash of the model ends
    expect(scoringStateCodec.upgrade(without({ ...plain, toldUntil: 7 }, model, model + 41), 1)).toEqual(plain);
    const full = customer();
    expect(scoringStateCodec.upgrade(without({ ...full, toldUntil: 7 }, model + 4, model + 41), 2)).toEqual(full);
    const told = customer({ toldUntil: 7 });
    expect(scoringStateCodec.upgrade(without(told, model + 12, model + 41), 3)).toEqual(told);
    const inDoubt = customer({ toldUntil: 7, tier: HIGH, crossedAt: NOW });
    const kept = { crossings: [{ at: NOW, to: HIGH }], tiers: [{ at: 0, tier: HIGH }] };
    expect(scoringStateCodec.upgrade(without(inDoubt, model + 39, model + 41), 4)).toEqual({ ...inDoubt, ...kept });
  });
});

describe('tiers', () => {
  const risk = (p: number) => logit(p);

  it.each([
    ['enters at the threshold', LOW, 0.6, true, MEDIUM],
    ['stays below it', LOW, 0.599, true, LOW],
    ['jumps', LOW, 0.81, true, HIGH],
    ['stays within the hysteresis', HIGH, 0.76, true, HIGH],
    ['leaves below it', HIGH, 0.74, true, MEDIUM],
    ['falls through', HIGH, 0.3, true, LOW],
    ['falls from high into the band of medium', HIGH, 0.56, true, MEDIUM],
    ['does not fall by a notice', HIGH, 0.1, false, HIGH],
    ['rises by a notice', LOW, 0.7, false, MEDIUM],
    ['stays lapsed by a notice', LAPSED, 0.1, false, LAPSED],
    ['comes back from lapsed without hysteresis', LAPSED, 0.58, true, LOW],
  ] as const)('%s', (...[, current, p, acted, expected]) => {
    expect(tierAfter(artifact, current, risk(p), acted)).toBe(expected);
  });

  it('knows where a risk belongs', () => {
    expect([0.1, 0.6, 0.8].map((p) => tierReached(artifact, risk(p)))).toEqual([LOW, MEDIUM, HIGH]);
  });
});
