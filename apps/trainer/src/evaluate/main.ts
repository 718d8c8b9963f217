// npm run evaluate -- [options]
import { evaluate } from './evaluate.js';
import { readEvaluateOptions, USAGE } from './options.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const abort = new AbortController();
process.on('SIGINT', () => {
  if (abort.signal.aborted) process.exit(130);
  abort.abort();
});

try {
  const options = readEvaluateOptions(process.argv.slice(2));
  if (options.help) say(USAGE);
  else if (!(await evaluate(options, { signal: abort.signal, say }))) process.exit(130);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
