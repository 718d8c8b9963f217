// npm run train -- [options]
import { readOptions, USAGE } from './options.js';
import { REPOSITORY } from './places.js';
import { readTrainerSettings } from './settings.js';
import { train } from './train.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const abort = new AbortController();
process.on('SIGINT', () => {
  if (abort.signal.aborted) process.exit(130);
  abort.abort();
  process.stderr.write(
    '\nStopping after the present step; the best network so far, if there is one, is kept (Ctrl-C again: leave without one).\n',
  );
});

try {
  const options = readOptions(process.argv.slice(2), REPOSITORY);
  if (options.help) say(USAGE);
  else await train(options, { settings: readTrainerSettings(), signal: abort.signal, say });
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
