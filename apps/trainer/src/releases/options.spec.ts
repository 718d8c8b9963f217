import { describe, expect, it } from '@jest/globals';

import { readCommandLine } from './options.js';

const read = (...args: string[]) => readCommandLine(args, '/repo');

describe('the command line of releases', () => {
  it('reads what is to be done, and where releases are', () => {
    expect(read('list')).toMatchObject({
      command: 'list',
      data: 'log',
      models: '/repo/models',
      dataDir: '/repo/.holdfast',
    });
    expect(readCommandLine(['list'], '/repo', '/models')).toMatchObject({ models: '/models' });
    expect(read('list', '--models', '/m', '--data-dir', '/d')).toMatchObject({ models: '/m', dataDir: '/d' });
    expect(read('promote', 'abc', '--anyway')).toMatchObject({ command: 'promote', release: 'abc', anyway: true });
    expect(read('compare', 'abc', '--data', 'shop.csv')).toMatchObject({ release: 'abc', data: 'shop.csv' });
    expect([read(), read('--help'), read('list', '-h')]).toEqual([null, null, null]);
  });

  it.each([
    [['promote'], 'Say which release to promote: `npm run releases -- list` names them.'],
    [['compare', 'a', 'b'], 'One release at a time.'],
    [['rollback', 'abc'], 'rollback takes no release.'],
    [['list', '--anyway'], '--anyway goes with promote.'],
    [['--anyway'], '--anyway goes with promote.'],
    [['--models', '/m'], 'Say what to do: list, show, compare, promote or rollback.'],
    [['demote'], 'demote makes no sense. `npm run releases -- --help` shows how.'],
    [['list', '--what'], "Unknown option '--what'."],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
