// One round of upkeep on an open log and database: look, and where that is wanted, mend.
import { openDataset } from '@holdfast/datasets';
import { type Artifact } from '@holdfast/model';
import { toIso } from '@holdfast/schemas';
import { inspect, type Inspection, type Remedy, type Succession } from '@holdfast/training';

import { logEvents } from '../log-events.js';
import { readHistory } from '../read-history.js';
import { cutShort, readReign, type Reign, takeOver } from '../releases/champion.js';
import { type Desk, refuseElsewhere } from '../releases/desk.js';
import { ReleaseRefused } from '../releases/refusal.js';
import { findServable } from '../releases/shelf.js';
import { short, takenOverText } from '../releases/texts.js';
import { writeArtifact } from '../write-release.js';
import { type UpkeepOptions } from './options.js';
import { inspectionText, mendedReport, remedyText } from './texts.js';

/** What was seen, and of whom. */
export interface Round {
  readonly champion: string;
  readonly inspection: Inspection;
  /** The release that took over; null: none. */
  readonly mendedBy: string | null;
}

type Place = Pick<UpkeepOptions, 'data' | 'layout' | 'models' | 'act'>;

/** Throws an `Error` with a plain sentence when nothing can be told, or done. */
export async function lookAfter({ data, layout, models, act }: Place, desk: Desk): Promise<Round> {
  const reign = await readReign(desk);
  if (cutShort(reign))
    throw new ReleaseRefused('A promotion was cut short: `npm run releases -- list` shows it; run that again first.');
  const succession = successionOf(reign, models, desk);
  desk.say(`Reading ${data} …`);
  const events = data === 'log' ? logEvents(desk.broker) : (await openDataset(data, layout)).events();
  const { histories, facts } = await readHistory(data, events);
  const inspection = inspect(succession, { histories, from: facts.from, until: facts.until });
  const seen = inspectionText(reign.champion, inspection);
  desk.say(seen);
  const { remedy } = inspection;
  const round = { champion: reign.champion, inspection };
  if (remedy === null) return { ...round, mendedBy: null };
  desk.say(`\n${remedyText(remedy, succession.champion)}`);
  if (!act) {
    desk.say('Nothing was changed: --act does it.');
    return { ...round, mendedBy: null };
  }
  refuseElsewhere(models, desk);
  const mendedBy = await mend(remedy, { reign, succession, models, seen }, desk);
  desk.say(takenOverText(mendedBy, desk.isRunning));
  return { ...round, mendedBy };
}

/** Who was champion before a promotion: after a rollback it has shown already that it is not better. */
function successionOf({ champion, promotions }: Reign, models: string, { shelf }: Desk): Succession {
  const last = promotions.at(-1);
  const before = last?.kind === 'promote' ? shelf.find(({ hash }) => hash === last.insteadOf) : undefined;
  return {
    champion: findServable(shelf, champion, models),
    before: last && before && 'artifact' in before ? { artifact: before.artifact, until: last.at } : null,
  };
}

interface Case {
  readonly reign: Reign;
  readonly succession: Succession;
  readonly models: string;
  readonly seen: string;
}

async function mend(remedy: Remedy, { reign, succession, models, seen }: Case, desk: Desk): Promise<string> {
  if (remedy.kind === 'rollback') {
    const artifact = reign.promotions.at(-1)!.insteadOf;
    await takeOver(desk, { kind: 'rollback', artifact }, reign);
    return artifact;
  }
  const { champion } = succession;
  const mended = remedy.kind === 'recalibrate' ? remedy.recalibration.artifact : remedy.artifact;
  const after: Artifact = { ...mended, metrics: { ...champion.metrics, upkeepOf: reign.champion } };
  const what = `${seen}\n\n${remedyText(remedy, champion)}`;
  const at = toIso(Date.now());
  const hash = await writeArtifact(after, models, (name) =>
    mendedReport({ name: short(name), of: reign.champion, at, what }),
  );
  await takeOver(desk, { kind: 'promote', artifact: hash }, reign);
  return hash;
}
