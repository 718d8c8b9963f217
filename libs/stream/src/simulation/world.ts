// The scheduler of a simulation: every call of a port is a message to a server and a message back, and chance decides which of all
// messages under way arrives next, which fail, and whose process is killed, paused or resumed in between.
import { nextTick } from 'node:process';

import { type Random } from './random.js';
import { type Await, type Strike, type Tally } from './tally.js';

/**
 * A simulated process. Paused, it hears nothing, but what it has sent still arrives. Deaf, it works on without hearing of its
 * group: both make it a zombie.
 */
export interface Process {
  isPaused: boolean;
  isDeaf: boolean;
  isDead: boolean;
}

export interface CallOptions {
  /** The server answers only when this holds. */
  readonly ready?: () => boolean;
  /** May fail: before it has had its effect, or after (the reply is lost). */
  readonly mayFail?: boolean;
  /** Nothing stops the server from getting to it long after it has failed, or after its process has died. */
  readonly mayBeLate?: boolean;
}

interface Call extends CallOptions {
  readonly process: Process;
  readonly kind: Await;
  readonly perform: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  reply: { readonly ok: boolean; readonly value: unknown } | null;
}

/** What fails, in the words of the tally: at all, after it has been done, and yet to be done. */
const FAILURES: Partial<Record<Await, readonly [string, string?, string?]>> = {
  save: ['the COMMIT of a checkpoint failed', 'the reply of a COMMIT was lost'],
  advance: ['the COMMIT of a sink failed', "the reply of a sink's COMMIT was lost"],
  append: [
    'a send failed for good',
    'a send failed for good after it had been stored',
    'a failed send was stored later',
  ],
  next: ['reading failed'],
  load: ['a load failed'],
  own: ['taking ownership failed'],
};

export class World {
  private calls: Call[] = [];
  private readonly eligible: Call[] = [];
  private readonly urgent: Call[] = [];
  /** Probability that a call that may fail does. */
  failures = 0;
  now = 0;
  /** Sums up which messages arrived in which order. */
  path = 0;

  constructor(
    readonly random: Random,
    readonly tally: Tally,
  ) {}

  call<T>(process: Process, kind: Await, perform: () => T, options: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (process.isDead) return;
      const settle = { resolve: resolve as (value: unknown) => void, reject };
      this.calls.push({ process, kind, perform, ...settle, ...options, reply: null });
    });
  }

  /** Notes at which of its awaits a process is struck. */
  struck(process: Process, strike: Strike): void {
    this.tally.count(strike);
    for (const call of this.calls) {
      if (call.process !== process) continue;
      const { kind, reply } = call;
      this.tally.count(reply ? `${strike} before the reply of ${kind} came` : `${strike} before ${kind} took effect`);
    }
  }

  /** It hears of nothing any more. Its messages under way may still arrive, at once or later, or are lost. */
  kill(process: Process): void {
    process.isDead = true;
    const { calls } = this;
    this.calls = calls.filter((call) => call.process !== process);
    for (const call of calls) {
      if (call.process !== process || call.reply || call.kind === 'timer' || call.ready?.() === false) continue;
      const fate = this.random.next();
      if (fate < 0.3) this.perform(call, 0);
      else if (fate < 0.6 && call.mayBeLate === true) {
        this.later(call);
        if (call.kind === 'append') this.tally.count('a killed process had its send stored later');
      }
    }
  }

  /** One message arrives. False when none can. */
  async step(): Promise<boolean> {
    const { calls, eligible, urgent, random } = this;
    eligible.length = urgent.length = 0;
    for (const call of calls) {
      if (!isEligible(call)) continue;
      eligible.push(call);
      if (call.kind !== 'timer') urgent.push(call);
    }
    const from = urgent.length > 0 && !random.chance(0.08) ? urgent : eligible;
    if (from.length === 0) return false;
    const call = random.pick(from);
    const index = calls.indexOf(call);
    this.now++;
    this.path = Math.imul(this.path ^ ((index << 1) | (call.reply ? 1 : 0)), 0x01000193);
    if (call.reply === null) this.perform(call, call.mayFail === true ? this.failures : 0);
    else {
      calls.splice(index, 1);
      if (call.reply.ok) call.resolve(call.reply.value);
      else call.reject(call.reply.value);
    }
    // All that follows from it inside the process happens before the next message: a tick comes when no promise has anything to do.
    await new Promise<void>((resolve) => nextTick(resolve));
    return true;
  }

  private perform(call: Call, failures: number): void {
    const { kind } = call;
    try {
      if (failures === 0 || !this.random.chance(failures)) {
        call.reply = { ok: true, value: call.perform() };
        return;
      }
      const [failed, done, late] = FAILURES[kind] ?? [];
      this.tally.count(failed ?? `${kind} failed`);
      if (this.random.chance(0.5)) {
        call.perform();
        if (done !== undefined) this.tally.count(done);
      } else if (call.mayBeLate === true && this.random.chance(0.3)) {
        this.later(call);
        if (late !== undefined) this.tally.count(late);
      }
      call.reply = { ok: false, value: new Error('simulated: failed') };
    } catch (error) {
      call.reply = { ok: false, value: error };
    }
  }

  /** What a server gets to although nobody waits for it any more. */
  private later({ kind, perform, ready }: Call): void {
    const nobody = { isPaused: false, isDeaf: false, isDead: false };
    void this.call(nobody, kind, perform, ready ? { ready } : {});
  }
}

function isEligible({ process, kind, reply, ready }: Call): boolean {
  if (reply !== null) return !process.isPaused;
  if (kind === 'timer' && process.isPaused) return false;
  return ready === undefined || ready();
}
