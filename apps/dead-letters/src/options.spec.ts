import { describe, expect, it } from '@jest/globals';

import { readCommandLine } from './options.js';

const read = (...args: string[]) => readCommandLine(args, '/repo');

describe('the command line of dead-letters', () => {
  it('reads what is to be done', () => {
    expect(read('list')).toEqual({ command: 'list', stage: null, all: false, json: false, dataDir: '/repo/.holdfast' });
    expect(read('list', '--stage', 'dispatch', '--all', '--json')).toMatchObject({
      stage: 'dispatch',
      all: true,
      json: true,
    });
    expect(read('show', 'scoring/3/17', '--data-dir', '/data')).toMatchObject({ id: 'scoring/3/17', dataDir: '/data' });
    expect(read('replay', 'scoring/3/17')).toMatchObject({ command: 'replay', id: 'scoring/3/17' });
    expect(read('replay', '--all', '--stage', 'features')).toMatchObject({ id: null, stage: 'features' });
    expect([read(), read('--help'), read('list', '-h')]).toEqual([null, null, null]);
  });

  it.each([
    [['replay'], 'Say which letter to send back: its ID, or --all.'],
    [['replay', 'scoring/3/17', '--all'], 'Give an ID, or --all, not both.'],
    [['replay', 'scoring/3/17', 'scoring/3/18'], 'One ID at a time'],
    [['show'], 'Say which letter to show: its ID.'],
    [['show', 'scoring/3/17', '--all'], 'show takes an ID, and nothing else.'],
    [['list', 'scoring/3/17'], 'list takes no ID.'],
    [['list', '--stage', 'ingest'], 'There is no stage ingest: choose features, scoring, dispatch'],
    [['remove', 'scoring/3/17'], 'remove makes no sense.'],
    [['--json'], 'Say what to do: list, show or replay.'],
    [['list', '--jso'], '--help'],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
