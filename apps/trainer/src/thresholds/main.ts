// `npm run thresholds -- …`
import { plainMessage } from '@holdfast/service';

import { REPOSITORY, SERVED_FROM } from '../places.js';
import { readData } from '../read-data.js';
import { findRelease, readShelf, servable, testedAt } from '../releases/shelf.js';
import { short } from '../releases/texts.js';
import { readTrainerSettings } from '../settings.js';
import { writeArtifact } from '../write-release.js';
import { moved, movedReport } from './moved.js';
import { HELP, readThresholdOptions } from './options.js';
import { trialsText } from './texts.js';
import { pastOf, trialsOf } from './trials.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const options = readThresholdOptions(process.argv.slice(2), REPOSITORY, SERVED_FROM);
  if (options === null) return say(HELP);
  const { models, data, profit } = options;
  const release = findRelease(await readShelf(models), options.release);
  const artifact = servable(release);
  say(`Replaying ${data} under release ${short(release.hash)} …`);
  const { histories, facts } = (await readData(options, readTrainerSettings().KAFKA_BROKERS)).read;
  const past = pastOf(artifact, histories, facts);
  const trials = trialsOf(options, artifact, { past, histories });
  // Validation ends where the first test begins.
  const seenUntil = Math.min(...testedAt(artifact), Infinity);
  const table = trialsText(past, trials, {
    economics: profit,
    seenUntil: facts.hash === artifact.dataHash ? seenUntil : -Infinity,
  });
  say(`\n${table}\n`);
  if (!options.write) return;
  const after = moved(artifact, trials, release.hash);
  const at = new Date().toISOString().slice(0, 10);
  const hash = await writeArtifact(after, models, (name) =>
    movedReport({ before: artifact, after, hash: name }, { from: release.hash, at, table, data }),
  );
  say(
    `Release ${short(hash)} has these thresholds. To let it take over: npm run releases -- promote ${short(hash)} --models ${models}`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
