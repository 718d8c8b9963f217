// Carries out one command on an open log and database.
import { openDataset } from '@holdfast/datasets';
import { type Artifact } from '@holdfast/model';
import { type Resources } from '@holdfast/stream';
import { contest, type Contest } from '@holdfast/training';

import { logEvents } from '../log-events.js';
import { readHistory } from '../read-history.js';
import { readReign, takeOver } from './champion.js';
import { type CommandLine } from './options.js';
import { findRelease, ReleaseRefused, servable, type Shelved, testedAt } from './shelf.js';
import { contestText, listText, short, takenOverText } from './texts.js';

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
  const { hash, champion, candidate, reign } = await readPair(command.release, desk);
  if (!command.anyway) {
    const result = await compared({ hash, champion: champion(), candidate, reign }, command, desk);
    if (result.objection !== null)
      throw new ReleaseRefused('Nothing was promoted. With --anyway it would be, without comparing.');
  }
  await takeOver(desk, hash, reign);
  desk.say(takenOverText(hash, desk.isRunning));
}

export async function compare(command: CommandLine & { readonly command: 'compare' }, desk: Desk): Promise<void> {
  const { champion, ...pair } = await readPair(command.release, desk);
  await compared({ ...pair, champion: champion() }, command, desk);
}

async function readPair(release: string, desk: Desk) {
  const reign = await readReign(desk);
  const { hash, ...found } = findRelease(desk.shelf, release);
  const candidate = servable({ hash, ...found } as Shelved);
  if (hash === reign.champion) throw new ReleaseRefused(`${short(hash)} is the champion already.`);
  // Asked for only where the two are compared: it may be gone, or of another build.
  return { hash, candidate, reign, champion: () => servable(findRelease(desk.shelf, reign.champion)) };
}

async function compared(
  {
    hash,
    champion,
    candidate,
    reign,
  }: {
    readonly hash: string;
    readonly champion: Artifact;
    readonly candidate: Artifact;
    readonly reign: { readonly champion: string };
  },
  { data, layout }: CommandLine,
  { broker, say }: Desk,
): Promise<Contest> {
  say(`Reading ${data} …`);
  const events = data === 'log' ? logEvents(broker) : (await openDataset(data, layout)).events();
  const { histories, facts } = await readHistory(data, events);
  const result = contest({ champion, candidate }, { histories, until: facts.until }, testedAt(candidate));
  say(contestText({ champion: reign.champion, candidate: hash }, result));
  return result;
}
