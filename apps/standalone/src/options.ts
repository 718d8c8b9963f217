// The command line of `npm start`.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` was asked to do. */
export interface Options {
  /** Data set to replay on the first start: a shipped name or a file; null: none. */
  readonly replay: string | null;
  /** Whether the data set was named on the command line: then it must not be passed over silently. */
  readonly isReplayNamed: boolean;
  /** Stream seconds a second; Infinity: as fast as it goes. */
  readonly speed: number;
  readonly port: number;
  readonly dataDir: string;
  readonly exitAfterReplay: boolean;
  /** File for the machine-readable summary. */
  readonly json: string | null;
  readonly kafka: boolean;
  readonly help: boolean;
}

export const HELP = `Holdfast: which customers are about to leave, in real time.

  npm start [-- OPTIONS]

The first start replays two years of a real shop (Online Retail II) and then stays up for live events.
Everything it keeps is under --data-dir; delete that folder to start over.

  --replay NAME|FILE    replay this data set instead (see docs/replay.md for layouts)
  --no-replay           start empty, for a shop of your own
  --speed N|max         stream seconds a second (default max: as fast as it goes)
  --port N              port of the console and of ingest (default 3000; 0: any free one)
  --data-dir DIR        where everything is kept (default .holdfast)
  --exit-after-replay   stop when the replay is through
  --json FILE           write what happened to FILE
  --kafka               on a real Kafka, every service a process of its own: the one at KAFKA_BROKERS,
                        else one started here (needs Java 17 and Maven; its program is kept in .holdfast/kafka-libs)
  --help                this text
`;

/** A command line that cannot be understood; the message says what would be. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** Reads the command line. `root`: the repository, against which the default data folder is resolved. */
export function readOptions(args: readonly string[], root: string): Options {
  const values = parse(args);
  const replay = values['no-replay'] ? null : (values.replay ?? 'online-retail-ii');
  if (values['no-replay'] && values.replay !== undefined)
    throw new OptionsError('Give --replay or --no-replay, not both.');
  if (values['no-replay'] && values['exit-after-replay'])
    throw new OptionsError('--exit-after-replay needs a replay: leave out --no-replay.');
  return {
    replay,
    isReplayNamed: values.replay !== undefined,
    speed:
      values.speed === undefined || values.speed === 'max' ? Infinity : number('--speed', values.speed, 1e-3, 1e12),
    port: number('--port', values.port ?? '3000', 0, 65_535),
    dataDir: values['data-dir'] === undefined ? join(root, '.holdfast') : resolve(values['data-dir']),
    exitAfterReplay: values['exit-after-replay'] ?? false,
    json: values.json === undefined ? null : resolve(values.json),
    kafka: values.kafka ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        replay: { type: 'string' },
        'no-replay': { type: 'boolean' },
        speed: { type: 'string' },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        'exit-after-replay': { type: 'boolean' },
        json: { type: 'string' },
        kafka: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message.split('. ')[0]}. \`npm start -- --help\` lists the options.`);
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most) || (name === '--port' && !Number.isInteger(value)))
    throw new OptionsError(`${name} must be a number from ${least} to ${most}, got ${JSON.stringify(text)}.`);
  return value;
}
