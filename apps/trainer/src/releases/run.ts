// Carries out one command on an open log and database.
import { openDataset } from '@holdfast/datasets';
import { type Artifact, isSameNetwork } from '@holdfast/model';
import { type Resources } from '@holdfast/stream';
import { contest } from '@holdfast/training';

import { logEvents } from '../log-events.js';
import { readHistory } from '../read-history.js';
import { readReign, type Reign, takeOver } from './champion.js';
import { type CommandLine } from './options.js';
import { findRelease, ReleaseRefused, servable, type Shelved, testedAt } from './shelf.js';
import { contestText, listText, sameNetworkText, short, takenOverText } from './texts.js';

/** What a command works on. */
export interface Desk extends Resources {
  readonly shelf: readonly Shelved[];
  /** Its stages take up a release at once; otherwise when Holdfast is started. */
  readonly isRunning: boolean;
  say(text: string): void;
}

export async function list({ models }: CommandLine, desk: Desk): Promise<void> {
  const reign = await readReign(desk).catch((error: unknown) => {
    if (error instanceof ReleaseRefused) return null; // nothing has been scored yet
    throw error;
  });
  desk.say(listText(desk.shelf, reign, models));
}

/** Throws {@link ReleaseRefused} when there is nothing to go back to. */
export async function rollback(desk: Desk): Promise<void> {
  const reign = await readReign(desk);
  const last = reign.promotions.at(-1);
  if (!last) throw new ReleaseRefused('Nothing has been promoted here: there is nothing to go back to.');
  servable(findRelease(desk.shelf, last.insteadOf));
  await takeOver(desk, last.insteadOf, reign);
  desk.say(takenOverText(last.insteadOf, desk.isRunning));
}

/** Throws {@link ReleaseRefused} when it may not take over. */
export async function promote(command: CommandLine & { readonly command: 'promote' }, desk: Desk): Promise<void> {
  const pair = await readPair(command.release, desk);
  if (!command.anyway && (await judge(pair, command, desk)) !== null)
    throw new ReleaseRefused('Nothing was promoted. With --anyway it would be, without comparing.');
  await takeOver(desk, pair.hash, pair.reign);
  desk.say(takenOverText(pair.hash, desk.isRunning));
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
  if (release.hash === reign.champion) throw new ReleaseRefused(`${short(release.hash)} is the champion already.`);
  return { hash: release.hash, candidate, reign };
}

/** What speaks against a promotion; `null`: nothing. */
async function judge(
  { hash, candidate, reign }: Pair,
  { data, layout }: CommandLine,
  { broker, shelf, say }: Desk,
): Promise<string | null> {
  const champion = servable(findRelease(shelf, reign.champion));
  if (isSameNetwork(champion, candidate)) {
    say(sameNetworkText(champion, candidate));
    return null;
  }
  say(`Reading ${data} …`);
  const events = data === 'log' ? logEvents(broker) : (await openDataset(data, layout)).events();
  const { histories, facts } = await readHistory(data, events);
  const result = contest({ champion, candidate }, { histories, until: facts.until }, testedAt(candidate));
  say(contestText({ champion: reign.champion, candidate: hash }, result));
  return result.objection;
}
