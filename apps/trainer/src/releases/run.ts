// Carries out one command on an open log and database.
import { openDataset } from '@holdfast/datasets';
import { type Artifact, isSameEncoder, isSameNetwork } from '@holdfast/model';
import { type Promotion } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';
import { contest, type DataFacts, splitOf } from '@holdfast/training';

import { readDraws } from '../draws.js';
import { logEvents } from '../log-events.js';
import { readHistory } from '../read-history.js';
import { cutShort, isEverywhere, readReign, type Reign, takeOver, write } from './champion.js';
import { type Desk, refuseElsewhere } from './desk.js';
import { objectionToMove } from './moves.js';
import { type CommandLine } from './options.js';
import { ReleaseRefused } from './refusal.js';
import { findRelease, findServable, servable, testedAt } from './shelf.js';
import { contestText, listText, sameNetworkText, short, takenOverText } from './texts.js';

export async function list({ models }: CommandLine, desk: Desk): Promise<void> {
  const reign = await readReign(desk).catch((error: unknown) => {
    if (error instanceof ReleaseRefused) return null; // nothing has been scored yet
    throw error;
  });
  desk.say(listText(desk.shelf, reign, models));
}

/** Throws {@link ReleaseRefused} when there is nothing to go back to. */
export async function rollback({ models }: CommandLine, desk: Desk): Promise<void> {
  const reign = await readReign(desk);
  const half = cutShort(reign);
  // Repeated because it was cut short: it does not go back one more.
  if (half?.kind === 'rollback') return finish(half, desk);
  if (reign.before === null)
    throw new ReleaseRefused('Nothing has been promoted here: there is nothing to go back to.');
  servable(findRelease(desk.shelf, reign.before));
  refuseElsewhere(models, desk);
  await takeOver(desk, { kind: 'rollback', artifact: reign.before }, reign);
  desk.say(takenOverText(reign.before, desk.isRunning));
}

/** Throws {@link ReleaseRefused} when it may not take over. */
export async function promote(command: CommandLine & { readonly command: 'promote' }, desk: Desk): Promise<void> {
  const pair = await readPair(command.release, desk);
  const { hash, reign } = pair;
  const last = reign.promotions.at(-1);
  if (last?.artifact === hash) return finish(last, desk);
  refuseElsewhere(command.models, desk);
  if (!command.anyway && (await judge(pair, command, desk)) !== null)
    throw new ReleaseRefused('Nothing was promoted. With --anyway it would be, without comparing.');
  await takeOver(desk, { kind: 'promote', artifact: hash }, reign);
  desk.say(takenOverText(hash, desk.isRunning));
}

/** It has been noted, and does not score everywhere: its records are written once more. That changes nothing where they are. */
async function finish(promotion: Promotion, desk: Desk): Promise<void> {
  await write(desk, promotion);
  desk.say(takenOverText(promotion.artifact, desk.isRunning));
}

export async function compare(command: CommandLine & { readonly command: 'compare' }, desk: Desk): Promise<void> {
  await judge(await readPair(command.release, desk), command, desk);
}

/** A candidate, and who reigns. */
interface Pair {
  readonly hash: string;
  readonly candidate: Artifact;
  readonly reign: Reign;
}

async function readPair(start: string, desk: Desk): Promise<Pair> {
  const reign = await readReign(desk);
  const release = findRelease(desk.shelf, start);
  const candidate = servable(release);
  if (release.hash === reign.champion && isEverywhere(reign, release.hash))
    throw new ReleaseRefused(`${short(release.hash)} is the champion already.`);
  return { hash: release.hash, candidate, reign };
}

/** What speaks against a promotion; `null`: nothing. */
async function judge(
  { hash, candidate, reign }: Pair,
  { data, layout, models }: CommandLine,
  desk: Desk,
): Promise<string | null> {
  const champion = findServable(desk.shelf, reign.champion, models);
  if (champion.ranksOnly && !candidate.ranksOnly) {
    desk.say(
      `The champion only ranks: there is no probability to hold against that of the candidate, which has learnt from the data ${candidate.dataHash.slice(0, 8)}. It may take over.`,
    );
    return null;
  }
  if (isSameNetwork(champion, candidate)) return judgeMove(champion, candidate, desk);
  desk.say(`Reading ${data} …`);
  const events = data === 'log' ? logEvents(desk.broker) : (await openDataset(data, layout)).events();
  const { histories, facts } = await readHistory(data, events);
  const { drawsOf } = await readDraws(desk.database, histories);
  const known = { histories, until: facts.until, drawsOf };
  const result = contest({ champion, candidate }, known, cutoffsOf(candidate, facts));
  const hashes = { champion: reign.champion, candidate: hash };
  desk.say(contestText(hashes, result, isSameEncoder(champion, candidate)));
  return result.objection;
}

/** Those it was tested at; where the data are of another time, those that a training on them would test at. */
function cutoffsOf(candidate: Artifact, { from, until }: Pick<DataFacts, 'from' | 'until'>): readonly Millis[] {
  const tested = testedAt(candidate).filter((at) => at > from && at < until);
  return tested.length > 0 ? tested : splitOf(from, until, candidate.horizonDays).tests;
}

function judgeMove(champion: Artifact, candidate: Artifact, { say }: Desk): string | null {
  const objection = objectionToMove(champion, candidate);
  say([sameNetworkText(champion, candidate), objection ?? ''].join('\n').trim());
  return objection;
}
