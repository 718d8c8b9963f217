// Dead letters as `npm run dead-letters` tells of them.
import { type Arena } from './arena.js';
import { command } from './command.js';

/** A letter in a list. */
export interface ListedLetter {
  readonly id: string;
  readonly stage: string;
  /** Key; null: it is addressed to a partition. */
  readonly customer: string | null;
  readonly reason: string;
}

/** All of a letter. */
export interface ShownLetter extends ListedLetter {
  readonly headers: Readonly<Record<string, string>>;
  readonly base64: string;
}

/** What became of a letter that was to be sent back. */
export interface SentLetter {
  readonly id: string;
  readonly outcome: 'sent-back' | 'on-its-way' | 'taken-in' | 'refused';
  readonly reason?: string;
}

/** Those that have not been taken in. */
export const listLetters = (arena: Arena): Promise<ListedLetter[]> => tell(arena, 'list');

export const showLetter = (arena: Arena, id: string): Promise<ShownLetter> => tell(arena, 'show', id);

/** Sends all back. */
export const replayLetters = (arena: Arena): Promise<SentLetter[]> => tell(arena, 'replay', '--all');

const tell = async <T>(arena: Arena, ...args: string[]): Promise<T> =>
  JSON.parse(await command(arena, 'dead-letters', ...args, '--json')) as T;
