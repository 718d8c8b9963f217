import { describe, expect, it } from '@jest/globals';

import { UsageError } from './command-line.js';
import { readOptions, USAGE } from './options.js';

describe('the command line of the trainer', () => {
  it('has defaults for everything', () => {
    expect(readOptions([], '/repo')).toEqual({
      data: 'online-retail-ii',
      layout: undefined,
      horizonDays: undefined,
      seed: 1,
      epochs: 30,
      teacher: true,
      prior: '/repo/models/prior.json',
      out: '/repo/models',
      dataDir: '/repo/.holdfast',
      help: false,
    });
  });

  it('takes what its help lists', () => {
    const args = [
      '--data',
      'x.csv',
      '--layout',
      'csv',
      '--horizon-days',
      '30',
      '--seed',
      '7',
      '--epochs',
      '2',
      '--no-teacher',
      '--out',
      'o',
    ];
    expect(readOptions(args, '/repo')).toMatchObject({
      data: 'x.csv',
      layout: 'csv',
      horizonDays: 30,
      seed: 7,
      epochs: 2,
      teacher: false,
      out: 'o',
    });
    for (const name of [
      '--data',
      '--layout',
      '--horizon-days',
      '--seed',
      '--epochs',
      '--from',
      '--out',
      '--data-dir',
      '--help',
    ]) {
      expect(USAGE).toContain(name);
    }
  });

  it.each([[['--horizon-days', '0']], [['--seed', 'x']], [['--epochs', '1.5']], [['--speed', '3']], [['file.csv']]])(
    'refuses %j with a sentence',
    (args) => {
      expect(() => readOptions(args, '/repo')).toThrow(UsageError);
    },
  );
});
