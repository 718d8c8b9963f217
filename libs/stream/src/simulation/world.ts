// The scheduler of a simulation: every call of a port is a message to a server and a message back, and chance decides which of all
// messages under way arrives next, which fail, and whose process is killed, paused or resumed in between.
import { type Random } from './random.js';

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
  /** Something that only passes time. */
  readonly isTimer?: boolean;
}

interface Call {
  readonly process: Process;
  readonly perform: () => unknown;
  readonly options: CallOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  reply: { readonly ok: boolean; readonly value: unknown } | null;
}

export class World {
  private calls: Call[] = [];
  /** Probability that a call that may fail does. */
  failures = 0;
  now = 0;

  constructor(readonly random: Random) {}

  call<T>(process: Process, perform: () => T, options: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (process.isDead) return;
      this.calls.push({
        process,
        perform,
        options,
        resolve: resolve as (value: unknown) => void,
        reject,
        reply: null,
      });
    });
  }

  /** Its messages under way may still arrive; it hears of nothing any more. */
  kill(process: Process): void {
    process.isDead = true;
    for (const call of this.calls) {
      if (call.process !== process || call.reply || !this.random.chance(0.5)) continue;
      if (!call.options.isTimer && call.options.ready?.() !== false) this.perform(call);
    }
    this.calls = this.calls.filter((call) => call.process !== process);
  }

  /** One message arrives. False when none can. */
  async step(): Promise<boolean> {
    const eligible = this.calls.filter((call) => this.isEligible(call));
    const urgent = eligible.filter((call) => !call.options.isTimer);
    const from = urgent.length > 0 && !this.random.chance(0.08) ? urgent : eligible;
    if (from.length === 0) return false;
    const call = this.random.pick(from);
    this.now++;
    if (call.reply === null) this.perform(call);
    else {
      this.calls.splice(this.calls.indexOf(call), 1);
      if (call.reply.ok) call.resolve(call.reply.value);
      else call.reject(call.reply.value);
    }
    // All that follows from it inside the process happens before the next message.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  private isEligible(call: Call): boolean {
    if (call.reply !== null) return !call.process.isPaused;
    if (call.options.isTimer && call.process.isPaused) return false;
    return call.options.ready?.() !== false;
  }

  private perform(call: Call): void {
    const fails = call.options.mayFail === true && this.random.chance(this.failures);
    try {
      if (fails && this.random.chance(0.5)) throw new Error('simulated: not done');
      const value = call.perform();
      if (fails) throw new Error('simulated: done, but the reply was lost');
      call.reply = { ok: true, value };
    } catch (error) {
      call.reply = { ok: false, value: error };
    }
  }
}
