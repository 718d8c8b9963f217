import { describe, expect, it } from '@jest/globals';

import { readCommandLine } from './options.js';

describe('the command line of a replay', () => {
  it('reads a name and options', () => {
    expect(readCommandLine(['shop.csv', '--layout', 'cdnow', '--speed', '3600', '--dry-run'])).toMatchObject({
      data: 'shop.csv',
      layout: 'cdnow',
      speed: 3600,
      dryRun: true,
      isImport: false,
    });
    expect(readCommandLine(['shop.csv'])).toMatchObject({ speed: Infinity });
    expect([readCommandLine([]), readCommandLine(['--help'])]).toEqual([null, null]);
  });

  it.each([
    [['--dry-run'], 'Name one data set'],
    [['a', 'b'], 'Name one data set'],
    [['a', '--speed', 'fast'], '--speed must be max or a number above 0, got fast.'],
    [['a', '--sped', '1'], '--help'],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => readCommandLine(args)).toThrow(sentence);
  });
});
