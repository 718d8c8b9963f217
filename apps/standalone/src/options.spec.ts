import { describe, expect, it } from '@jest/globals';

import { readOptions } from './options.js';

describe('the command line of npm start', () => {
  it('replays the shipped data set as fast as it goes by default', () => {
    expect(readOptions([], '/repo')).toEqual({
      replay: 'online-retail-ii',
      isReplayNamed: false,
      speed: Infinity,
      port: 3000,
      dataDir: '/repo/.holdfast',
      exitAfterReplay: false,
      json: null,
      kafka: false,
      help: false,
    });
  });

  it.each([
    [['--port', '70000'], '--port must be a number from 0 to 65535, got "70000".'],
    [['--port', '1.5'], '--port must be a number'],
    [['--speed', 'fast'], '--speed must be a number'],
    [['--no-replay', '--replay', 'x'], 'not both'],
    [['--no-replay', '--exit-after-replay'], 'needs a replay'],
    [['--prot', '1'], '`npm start -- --help` lists the options.'],
    [['stray'], '`npm start -- --help` lists the options.'],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => readOptions(args, '/repo')).toThrow(sentence);
  });
});
