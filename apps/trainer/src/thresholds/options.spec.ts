import { describe, expect, it } from '@jest/globals';

import { readThresholdOptions } from './options.js';

const read = (...args: string[]) => readThresholdOptions(args, '/repo');

describe('the command line of thresholds', () => {
  it('reads what is to be tried', () => {
    expect(read('3f2a', '--what-if', 'high=.65,medium=.4')).toMatchObject({
      release: '3f2a',
      whatIf: { high: 0.65, medium: 0.4 },
      data: 'log',
      models: '/repo/models',
      write: false,
    });
    expect(read('3f', '--precision', '.7', '--capacity', '5', '--profit', '40,3,.1')).toMatchObject({
      release: '3f',
      whatIf: null,
      precision: 0.7,
      capacity: 5,
      profit: { margin: 40, cost: 3, saved: 0.1 },
    });
    expect([read(), read('--help')]).toEqual([null, null]);
  });

  it.each([
    [['--precision', '.7'], 'Say under which release'],
    [['3f2a'], 'Say what to look at: --what-if, --precision, --capacity or --profit.'],
    [['a', 'b', '--precision', '.7'], 'One release at a time.'],
    [['3f', '--what-if', 'low=.2'], '--what-if must be like high=.65,medium=.45, not "low=.2".'],
    [['3f', '--what-if', 'high=.6,high=.7'], '--what-if must be like high=.65'],
    [['3f', '--what-if', 'high=60'], '--what-if must lie between 0 and 1, not "60".'],
    [['3f', '--precision', '70%'], '--precision must be greater than 0, not "70%".'],
    [['3f', '--capacity', '0'], '--capacity must be greater than 0, not "0".'],
    [['3f', '--profit', '40,3'], '--profit must be like 40,3,.1'],
    [['3f', '--write', '--precision', '.7', '--capacity', '5'], '--write takes one of --what-if'],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
