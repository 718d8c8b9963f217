// npm run prior -- [options]
import { startBackend } from '../backend.js';
import { REPOSITORY } from '../places.js';
import { readTrainerSettings } from '../settings.js';
import { learningCurve } from './learning-curve.js';
import { makePrior } from './make-prior.js';
import { readPriorOptions, USAGE } from './options.js';
import { Interrupted } from './prior-from.js';
import { curveText } from './texts.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const abort = new AbortController();
process.on('SIGINT', () => {
  if (abort.signal.aborted) process.exit(130);
  abort.abort();
});

let json: string | null = null;
try {
  const options = readPriorOptions(process.argv.slice(2), REPOSITORY);
  json = options.json;
  if (options.help) {
    say(USAGE);
    process.exit(0);
  }
  await startBackend(readTrainerSettings().TRAINER_BACKEND);
  const context = { signal: abort.signal, say };
  if (options.curve) say(curveText(await learningCurve(options, context)));
  else await makePrior(options, context);
  process.exit(0);
} catch (error) {
  if (error instanceof Interrupted) {
    say(`Interrupted.${json === null ? '' : ' The same command goes on where it was.'}`);
    process.exit(130);
  }
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
