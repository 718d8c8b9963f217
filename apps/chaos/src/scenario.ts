// What a scenario is: something that strikes a running pipeline, and a promise of what that does not do.
import { type Closing } from '@holdfast/service';

import { type AnyArena } from './arena/any-arena.js';
import { type Arena } from './arena/arena.js';
import { type ArenaOptions, type CommonOptions } from './arena/options.js';
import { type Verdict } from './evidence.js';

/** Least number of accepted events of a scenario that does not say. */
export const EVENTS = 20_000;

/** How often each kind of strike has struck. */
export type Strikes = Readonly<Record<string, number>>;

export interface Scenario<A extends AnyArena = Arena> {
  readonly number: number;
  readonly name: string;
  /** What does not happen, in words for an SRE: a row of docs/reliability.md. */
  readonly promise: string;
  /** The least number of strikes of each kind; fewer, and the scenario has proved nothing. */
  readonly least: Strikes;
  /** Least number of accepted events, unless the command line says otherwise. Default {@link EVENTS}. */
  readonly events?: number;
  /** Its settings leave no way to a customer. */
  readonly sendsNothing?: boolean;
  /** It ends senders, or takes the database from them: what had left and could not be noted leaves again under its key. */
  readonly mayRepeatSends?: boolean;
  /** It takes an older database: that a message had left may be forgotten, and its customer come back before it leaves again. */
  readonly mayForgetSends?: boolean;
  /** Takes so long that it runs only when it is named. */
  readonly isApart?: boolean;
  /** What it needs besides the usual. */
  readonly arena?: Partial<ArenaOptions>;
  /** An arena of its own, without Kafka; such a scenario runs once, whatever the clients. Default: {@link Arena}. */
  open?(options: CommonOptions, closing: Closing, say: (text: string) => void): Promise<A>;
  /** Strikes. The load runs before, meanwhile and after. Throws a sentence when what must hold during it does not. */
  strike(arena: A): Promise<void>;
  /** After the usual check: what this scenario promises besides. Returns faults, one sentence each. */
  examine?(verdict: Verdict, arena: A): Promise<readonly string[]>;
}

/** Any of them, in whatever arena. */
export type AnyScenario = Scenario<AnyArena>;
