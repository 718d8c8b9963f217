import { describe, expect, it } from '@jest/globals';
import { applyEvent } from '@holdfast/features';
import { ArtifactError, MEDIUM } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';
import { NotReady } from '@holdfast/stream';

import { anyArtifact, eventAt, foldTask, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

const artifact = anyArtifact();

describe('releases', () => {
  const other = 'cd'.repeat(32);
  const models = modelsOf({ [MODEL]: artifact, [other]: anyArtifact(2) });
  const task = createScoringTask(models);

  it('before the first one facts pass and nothing is scored', () => {
    const { outputs, state } = foldTask([eventAt(0, 'purchase')], { shared: { model: null }, untilDays: 400 });
    expect(outputs.map((event) => event.type)).toEqual(['customer.purchased.v1']);
    expect(state).toBeNull();
  });

  it('switch the champion, which reads the last steps anew', () => {
    expect(task.release!({ model: null }, { type: 'release', at: START, artifact: other })).toEqual({ model: other });
    const events = [eventAt(0, 'purchase'), eventAt(1, 'view'), eventAt(2, 'cart'), eventAt(30, 'purchase')];
    const switched = foldTask(events, { models, shared: (n) => ({ model: n < 3 ? MODEL : other }) }).state!;
    const always = foldTask(events, { models, shared: { model: other } }).state!;
    const old = foldTask(events, { models }).state!;
    for (const memory of ['h', 'c', 'curve'] as const)
      switched[memory].forEach((value, i) => expect(value).toBeCloseTo(always[memory][i]!, 5));
    expect(switched.steps).toEqual(always.steps);
    expect(switched.h).not.toEqual(old.h);
    // What the event did to the risk cannot be told from two different readings of it.
    expect(switched.logitBefore).toBe(switched.logitAfter);
  });

  it('may switch back and forth, and after more steps than are kept', () => {
    const events = Array.from({ length: 50 }, (_, i) => eventAt(3 * i, i % 5 === 0 ? 'purchase' : 'search'));
    const turns = (n: number) => ({ model: n < 40 || n > 45 ? MODEL : other });
    const switched = foldTask(events, { models, shared: turns }).state!;
    const always = foldTask(events, { models }).state!;
    expect(switched.model).toBe(MODEL);
    for (const memory of ['h', 'c', 'curve'] as const)
      switched[memory].forEach((value, i) => expect(value).toBeCloseTo(always[memory][i]!, 3));
  });

  it('of another feature set begin with an empty memory', () => {
    const known = foldTask([eventAt(0, 'purchase')], { models }).state!;
    const { record } = applyEvent(undefined, eventAt(3, 'purchase'));
    const strangers = modelsOf({ [MODEL]: { ...artifact, featureSet: 'ffff' }, [other]: anyArtifact(2) });
    const [switched, stranger] = [known, undefined].map((before) =>
      createScoringTask(strangers).step(before, record, record.at, { model: other }),
    );
    expect(switched!.state).toEqual(stranger!.state);
  });

  it('that only move thresholds keep the memory, and decide by the new ones from the next event on', () => {
    const eager = { ...artifact, thresholds: { medium: 0.2, high: 0.4 }, metrics: { what: 'if' } };
    const task = createScoringTask(modelsOf({ [MODEL]: artifact, [other]: eager }));
    const known = foldTask([eventAt(0, 'purchase')], { models }).state!;
    const { record } = applyEvent(undefined, eventAt(3, 'purchase'));
    const [before, after] = [MODEL, other].map((model) => task.step(known, record, record.at, { model }));
    expect(after!.state).toEqual({ ...before!.state!, model: other, tier: after!.state!.tier });
    expect(after!.wakeAt ?? Infinity).not.toBe(before!.wakeAt);
  });

  it('that are only calibrated anew keep the memory, and draw another curve', () => {
    const { kernel, bias } = artifact.output;
    const moved = { ...artifact, calibration: { slope: 0.5 }, output: { kernel, bias: bias + 0.4 } };
    const task = createScoringTask(modelsOf({ [MODEL]: artifact, [other]: moved }));
    const known = foldTask([eventAt(0, 'purchase')], { models }).state!;
    const { record } = applyEvent(undefined, eventAt(3, 'purchase'));
    const [before, after] = [MODEL, other].map((model) => task.step(known, record, record.at, { model }).state!);
    expect([after!.h, after!.c]).toEqual([before!.h, before!.c]);
    after!.curve.forEach((logit, k) => {
      expect(logit).toBeCloseTo((0.5 / artifact.calibration.slope) * before!.curve[k]! + 0.2, 4);
    });
    // What the event did to the risk cannot be told from two different readings of it.
    expect(after!.logitBefore).toBe(after!.logitAfter);
  });

  it('of a model that is missing or takes other inputs are refused', () => {
    const strange = createScoringTask(modelsOf({ [MODEL]: { ...artifact, featureSet: 'ffff' } }));
    expect(() => strange.release!({ model: null }, { type: 'release', at: 0, artifact: MODEL })).toThrow(
      /trained on feature set ffff/,
    );
    expect(() => strange.shared!.codec.decode(new TextEncoder().encode(MODEL))).toThrow(/feature set/);
    expect(() => task.release!({ model: null }, { type: 'release', at: 0, artifact: 'none' })).toThrow();
  });

  it('that are missing hold their partition up, and turn no record into a dead letter', () => {
    const known = foldTask([eventAt(0, 'purchase')], { models }).state!;
    const poor = createScoringTask({
      get(hash) {
        if (hash === other) return models.get(hash);
        throw new ArtifactError(`The model release ${hash} cannot be read.`);
      },
    });
    const { record } = applyEvent(undefined, eventAt(3, 'purchase'));
    expect(() => poor.step(known, record, record.at, { model: other })).toThrow(NotReady);
    expect(() => poor.wake!(known, START + 400 * DAY, { model: other })).toThrow(NotReady);
    expect(() => poor.release!({ model: other }, { type: 'release', at: 0, artifact: MODEL })).toThrow(NotReady);
  });

  it('are kept by the partition', () => {
    const { codec, initial } = task.shared!;
    expect(codec.decode(codec.encode({ model: MODEL }))).toEqual({ model: MODEL });
    expect(codec.decode(codec.encode(initial))).toEqual({ model: null });
  });

  it('a waiting customer crosses by the model that drew the curve', () => {
    const { state, wakeAt } = foldTask([eventAt(0, 'purchase')], { models });
    let woken = task.wake!(state!, wakeAt!, { model: other });
    // Before the crossing it is told of.
    while (woken.outputs.every(({ type }) => type === 'churn.risk.forecast.v1'))
      woken = task.wake!(woken.state!, woken.wakeAt!, { model: other });
    expect(woken.state).toMatchObject({ model: MODEL, tier: MEDIUM });
  });
});
