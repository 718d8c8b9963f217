// Continuous load over HTTP, as a patient sender: what was not answered with 200 is sent again, unchanged, until it is.
import { setMaxListeners } from 'node:events';

import { type Call } from './traffic.js';

export interface LoadOptions {
  readonly calls: Iterator<Call, never>;
  /** Addresses of ingest at this moment; one that does not answer is left for another. */
  readonly urls: () => readonly string[];
  readonly writeKey: string;
  readonly perSecond: number;
  /** Events in one request. */
  readonly batch: number;
  /** Requests under way at once. */
  readonly senders: number;
}

/** What is sent: a Segment call, or for an import also an event that is mapped already. */
export type Message = Readonly<Record<string, unknown>> & { readonly messageId: string };

/** What ingest has answered so far. */
export interface LoadCounts {
  /** Requests that were sent again, and why: `503`, `429`, `cut` (no answer). */
  readonly retried: Record<string, number>;
  /** 503 without Retry-After: there should be none. */
  hasty: number;
}

export class Load {
  readonly accepted = new Set<string>();
  readonly counts: LoadCounts = { retried: {}, hasty: 0 };
  #rejected = 0;
  #sent = 0;
  #turn = 0;
  #isStopping = false;
  #isPaused = false;
  #senders: Promise<void>[] = [];
  #perSecond: number;
  #paceFrom = 0;
  #sentAtPace = 0;
  #failure: unknown;
  readonly #abort = new AbortController();

  constructor(private readonly options: LoadOptions) {
    this.#perSecond = options.perSecond;
    setMaxListeners(0, this.#abort.signal); // whoever waits for something
  }

  /** Events that ingest refused one by one. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Aborted by {@link abandon}. */
  get abandoned(): AbortSignal {
    return this.#abort.signal;
  }

  start(): void {
    this.setPace(this.options.perSecond);
    this.#senders = Array.from({ length: this.options.senders }, () =>
      this.#work().catch((error: unknown) => {
        this.#failure ??= error;
      }),
    );
  }

  setPace(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#paceFrom = performance.now();
    this.#sentAtPace = this.#sent;
  }

  /** At least so many, from now on. */
  hurry(perSecond: number): void {
    if (this.#perSecond < perSecond) this.setPace(perSecond);
  }

  /** Nothing is sent while paused. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.setPace(this.#perSecond);
  }

  /** Resolves when so many events have been accepted; rejects when everything is given up. */
  async reach(count: number): Promise<void> {
    while (this.accepted.size < count) {
      this.#abort.signal.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      await rest(50);
    }
  }

  /** Stops once everything that has been sent is answered with 200. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#senders);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Stops at once, whatever is under way. */
  abandon(): void {
    this.#isStopping = true;
    this.#abort.abort();
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      if (this.#isPaused) {
        await rest(20);
        continue;
      }
      const batch: Call[] = [];
      while (batch.length < this.options.batch) batch.push(this.options.calls.next().value);
      this.#sent += batch.length;
      const due = this.#paceFrom + ((this.#sent - this.#sentAtPace) / this.#perSecond) * 1_000;
      const early = due - performance.now();
      if (early > 0) await rest(early);
      else if (early < -2_000) this.setPace(this.#perSecond); // what a strike has held up is not made up for in a rush
      await this.send(batch);
    }
  }

  /** Sends until it is answered with 200. Throws when ingest says that it never will be. */
  async send(batch: readonly Message[], call: 'batch' | 'import' = 'batch'): Promise<void> {
    const body = JSON.stringify({ batch });
    while (!this.#abort.signal.aborted) {
      const outcome = await this.#post(call, body);
      if (outcome === null) {
        for (const { messageId } of batch) this.accepted.add(messageId);
        return;
      }
      this.counts.retried[outcome] = (this.counts.retried[outcome] ?? 0) + 1;
      await rest(outcome === 'cut' ? 100 : 500);
    }
  }

  /** null: stored. */
  async #post(call: string, body: string): Promise<string | null> {
    const urls = this.options.urls();
    const url = urls[this.#turn++ % Math.max(1, urls.length)];
    if (url === undefined) return 'cut';
    const authorization = `Basic ${Buffer.from(`${this.options.writeKey}:`).toString('base64')}`;
    let response;
    try {
      response = await fetch(`${url}/v1/${call}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([AbortSignal.timeout(15_000), this.#abort.signal]),
      });
      const answer = (await response.json()) as { rejected?: unknown[]; message?: string };
      if (response.status === 200) {
        this.#rejected += answer.rejected?.length ?? 0;
        return null;
      }
      if (response.status < 500 && response.status !== 429)
        throw new RefusedRequest(`ingest answered ${response.status}: ${answer.message}`);
    } catch (error) {
      if (error instanceof RefusedRequest) throw error;
      return 'cut';
    }
    if (response.status === 503 && !response.headers.has('retry-after')) this.counts.hasty += 1;
    return String(response.status);
  }
}

/** An answer after which no sender would try again. */
class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
