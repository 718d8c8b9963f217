// One round of upkeep on an open log and database: look, and where that is wanted, mend.
import { openDataset } from '@holdfast/datasets';
import { type Artifact, isSameEncoder } from '@holdfast/model';
import { toIso } from '@holdfast/schemas';
import { inspect, type Inspection, type Remedy, type Succession } from '@holdfast/training';

import { readDraws } from '../draws.js';
import { logEvents } from '../log-events.js';
import { readHistory } from '../read-history.js';
import { cutShort, readReign, type Reign, takeOver, write } from '../releases/champion.js';
import { type Desk, refuseElsewhere } from '../releases/desk.js';
import { ReleaseRefused } from '../releases/refusal.js';
import { findServable } from '../releases/shelf.js';
import { short, takenOverText } from '../releases/texts.js';
import { writeArtifact } from '../write-release.js';
import { type UpkeepOptions } from './options.js';
import { BLIND, ELSEWHERE, inspectionText, mendedReport, remedyText, toCopyText } from './texts.js';

/** What was seen, and of whom. */
export interface Round {
  readonly champion: string;
  readonly inspection: Inspection;
  /** The release that took over; null: none. */
  readonly mendedBy: string | null;
}

type Place = Pick<UpkeepOptions, 'data' | 'layout' | 'models' | 'act' | 'isShared'>;

/** Throws an `Error` with a plain sentence when nothing can be told, or done. */
export async function lookAfter({ data, layout, models, act, isShared }: Place, desk: Desk): Promise<Round> {
  const reign = await finishedReign(act, desk);
  const { succession, replaced } = successionOf(reign, models, desk);
  desk.say(`Reading ${data} …`);
  const events = data === 'log' ? logEvents(desk.broker) : (await openDataset(data, layout)).events();
  const { histories, facts } = await readHistory(data, events);
  const { drawsOf, isElsewhere } = await readDraws(desk.database, histories);
  const inspection = inspect(succession, { histories, from: facts.from, until: facts.until, drawsOf });
  const seen = inspectionText(reign.champion, inspection);
  desk.say(seen);
  const isBlind = inspection.isBlind || isElsewhere;
  if (isBlind) desk.say(isElsewhere ? ELSEWHERE : BLIND);
  const { remedy } = inspection;
  const round = { champion: reign.champion, inspection, mendedBy: null };
  if (remedy === null) return round;
  desk.say(`\n${remedyText(remedy, succession.champion)}`);
  if (!act || isBlind) {
    desk.say(act || isBlind ? 'Nothing was changed.' : 'Nothing was changed: --act does it.');
    return round;
  }
  refuseElsewhere(models, desk);
  if (remedy.kind === 'rollback') {
    const artifact = replaced!;
    await takeOver(desk, { kind: artifact === reign.before ? 'rollback' : 'promote', artifact }, reign);
    desk.say(takenOverText(artifact, desk.isRunning));
    return { ...round, mendedBy: artifact };
  }
  const hash = await writeMended(remedy, { of: reign.champion, champion: succession.champion, models, seen });
  if (desk.isRunning && !isShared) {
    desk.say(toCopyText(hash, models));
    return round;
  }
  await takeOver(desk, { kind: 'promote', artifact: hash }, reign);
  desk.say(takenOverText(hash, desk.isRunning));
  return { ...round, mendedBy: hash };
}

/** A promotion that was cut short is finished first by who may act. */
async function finishedReign(act: boolean, desk: Desk): Promise<Reign> {
  const reign = await readReign(desk);
  const half = cutShort(reign);
  if (!half) return reign;
  if (!act)
    throw new ReleaseRefused('A promotion was cut short: `npm run releases -- list` shows it; run that again first.');
  await write(desk, half);
  return readReign(desk);
}

/**
 * The champion, and the network that its own took over from: releases of the same one, calibrated anew or with other thresholds, count as one.
 * After a rollback there is none: what was gone back from has shown already that it is not better.
 */
function successionOf(
  { champion: hash, promotions }: Reign,
  models: string,
  { shelf }: Desk,
): { readonly succession: Succession; readonly replaced: string | null } {
  const champion = findServable(shelf, hash, models);
  const changedAt = promotions.at(-1)?.at ?? null;
  for (const { kind, at, insteadOf } of promotions.toReversed()) {
    if (kind === 'rollback') break;
    const before = shelf.find((release) => release.hash === insteadOf);
    if (!before || !('artifact' in before)) break;
    if (isSameEncoder(before.artifact, champion)) continue;
    const succession = { champion, changedAt, before: { artifact: before.artifact, until: at } };
    return { succession, replaced: insteadOf };
  }
  return { succession: { champion, changedAt, before: null }, replaced: null };
}

interface Case {
  /** Hash of the champion. */
  readonly of: string;
  readonly champion: Artifact;
  readonly models: string;
  readonly seen: string;
}

async function writeMended(
  remedy: Exclude<Remedy, { kind: 'rollback' }>,
  { of, champion, models, seen }: Case,
): Promise<string> {
  const mended = remedy.kind === 'recalibrate' ? remedy.recalibration.artifact : remedy.artifact;
  const after: Artifact = { ...mended, metrics: { ...champion.metrics, upkeepOf: of } };
  const what = `${seen}\n\n${remedyText(remedy, champion)}`;
  const at = toIso(Date.now());
  return writeArtifact(after, models, (name) => mendedReport({ name: short(name), of, at, what }));
}
