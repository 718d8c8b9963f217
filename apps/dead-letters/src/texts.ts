// Letters as people want to read them.
import { HEADERS, toIso } from '@holdfast/schemas';

import { bodyOf } from './body.js';
import { customerOf, type Letter, placeOf, reasonOf } from './letters.js';
import { type Outcome } from './replay.js';
import { type Standing } from './standing.js';

/** A letter with what has become of it. */
export interface Told {
  readonly letter: Letter;
  readonly standing: Standing;
}

const STANDINGS: Readonly<Record<Standing, string>> = {
  open: 'open',
  'on-its-way': 'sent back, not yet taken in by its stage',
  'taken-in': 'sent back and taken in',
};
const HEAD = ['WHEN', 'STAGE', 'CUSTOMER', 'ID', 'REASON'];

/** To the second, in UTC. */
const instant = (at: number): string => `${toIso(at).slice(0, 19)}Z`;
const shorten = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** One line a letter. `width`: of the terminal. */
export function listText(told: readonly Told[], width: number): string {
  const rows = told.map(({ letter, standing }) => [
    instant(letter.record.at),
    letter.stage,
    shorten(customerOf(letter) ?? '-', 30),
    letter.id,
    `${standing === 'open' ? '' : `(${STANDINGS[standing]}) `}${reasonOf(letter)}`,
  ]);
  const widths = HEAD.map((_, i) => Math.max(...[HEAD, ...rows].map((row) => row[i]!.length)));
  return [HEAD, ...rows]
    .map((row) => shorten(row.map((cell, i) => (i === 4 ? cell : cell.padEnd(widths[i]!))).join('  '), width))
    .join('\n');
}

/** What stands under the list, or instead of it. `hidden`: how many were taken in and are not shown. */
export function summaryText(shown: readonly Told[], hidden: number): string {
  const others =
    hidden === 0 ? [] : [`${count(hidden, 'letter')} ${hidden === 1 ? 'was' : 'were'} taken in: list --all.`];
  const isOpen = shown.some(({ standing }) => standing === 'open');
  const hints = isOpen ? ['`show ID` tells more, `replay ID` or `replay --all` sends back.'] : [];
  return [shown.length === 0 ? 'No dead letters.' : `${count(shown.length, 'letter')}.`, ...hints, ...others].join(' ');
}

/** All of one letter. */
export function showText({ letter, standing }: Told): string {
  const { record } = letter;
  const { topic, partition, offset } = placeOf(letter);
  const { [HEADERS.sequence]: sequence, [HEADERS.valueBytes]: cutFrom } = record.headers;
  const facts = [
    ['letter', letter.id],
    ['standing', STANDINGS[standing]],
    ['stage', letter.stage],
    ['customer', customerOf(letter) ?? 'none: it is addressed to a partition'],
    ['reason', reasonOf(letter)],
    ['time', toIso(record.at)],
    [
      'record',
      `${topic}, partition ${partition}, offset ${offset}${sequence ? `, the customer's number ${sequence}` : ''}`,
    ],
  ];
  const headers = Object.entries(record.headers).map(([name, value]) => `  ${name}: ${value}`);
  const { form, text } = bodyOf(record.value);
  const cut = cutFrom === undefined ? '' : `, the first ${record.value.length} of ${cutFrom} bytes`;
  return [
    ...facts.map(([name, value]) => `${name!.padEnd(8)}  ${value}`),
    ...['', 'headers', ...headers],
    ...['', `body (${form}${cut})`, text],
  ].join('\n');
}

/** What became of one letter. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'sent-back':
      return `${outcome.id}: sent back`;
    case 'on-its-way':
      return `${outcome.id}: was sent back before; its stage has not come to it yet`;
    case 'taken-in':
      return `${outcome.id}: was sent back before and has been taken in`;
    case 'refused':
      return `${outcome.id}: not sent back. ${outcome.reason}`;
  }
}

/** What to expect of those that were sent back. */
export function sentText(sent: number, isRunning: boolean): string {
  if (sent === 0) return 'Nothing was sent back.';
  const when = isRunning ? 'now' : 'when Holdfast is started again';
  return `${count(sent, 'letter')} sent back, to be taken in ${when}; after that, \`list\` shows what failed again.`;
}
