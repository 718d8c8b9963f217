import { expect, it } from '@jest/globals';

import { tableWith } from './reliability.js';
import { type Row } from './run-scenario.js';

const row = (scenario: string, client: Row['client'], events: number): Row => ({
  ...{ scenario, client, events, decided: 1, delivered: 1, strikes: { kill: 3 }, lost: 0, doubled: 0 },
  ...{
    recoverySeconds: 1,
    repeated: 0,
    faults: [],
    pass: true,
    seconds: 1,
    seed: 1,
    commit: null,
    sentAgain: 0,
    isNoticed: false,
    effort: 1,
    atLeast: null,
  },
});
const namesIn = (table: string) =>
  table.split('\n').map((line) => line.split(' | ').slice(0, 4).toSpliced(1, 1).join(' '));

it('the page keeps what it tells of scenarios that were not run', () => {
  const all = tableWith([row('zombies', 'kafkajs', 1), row('killed-processes', 'kafkajs', 2)], []);
  expect(namesIn(all).slice(2)).toEqual(['| 1 killed-processes kafkajs 2', '| 2 zombies kafkajs 1']);
  const soaked = tableWith([row('soak', 'platformatic', 3)], all.split('\n'));
  expect(namesIn(soaked).slice(2)).toEqual([...namesIn(all).slice(2), '| 12 soak platformatic 3']);
  const zombies = [row('zombies', 'platformatic', 4), row('zombies', 'kafkajs', 5)];
  const other = tableWith([row('soak', 'kafkajs', 6)], soaked.split('\n'));
  expect(namesIn(other).slice(-2)).toEqual(['| 12 soak platformatic 3', '| 12 soak kafkajs 6']);
  const again = tableWith(zombies, soaked.split('\n'));
  expect(namesIn(again).slice(2)).toEqual([
    '| 1 killed-processes kafkajs 2',
    '| 2 zombies platformatic 4',
    '| 2 zombies kafkajs 5',
    '| 12 soak platformatic 3',
  ]);
  expect(again).toContain('| 3 kill | 0 | 0 | 1 | pass |');
});
