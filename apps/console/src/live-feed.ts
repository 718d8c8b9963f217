// Server-sent events: the overview, at most once a second, while somebody looks and something has changed.
import { type ServerResponse } from 'node:http';

import { type Logger } from 'pino';

import { type Overview } from './api/overview.js';

/** Least time between two snapshots, ms; a slow database is asked less often still. */
const LEAST_MS = 1_000;
/** Other processes change things too (dispatch, ingest): look at least this often. */
const MOST_MS = 5_000;
const HEARTBEAT_MS = 15_000;
/** A listener that has this much unread is cut off, and will connect anew. */
const MOST_UNREAD_BYTES = 4_000_000;

/** Sends snapshots to all listeners. Does nothing at all while nobody listens. */
export class LiveFeed {
  readonly #listeners = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #isDirty = true;
  #lastAt = 0;
  #lastBeat = 0;
  #costMs = 0;
  #lastContent = '';
  #isLooking = false;
  #isClosed = false;

  constructor(
    private readonly read: () => Promise<Overview>,
    private readonly logger: Logger,
  ) {}

  /** Something has been committed. Costs nothing. */
  readonly changed = (): void => {
    this.#isDirty = true;
  };

  /** Takes over a response: sends the present state at once, then changes until either side ends it. */
  listen(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    if (this.#isClosed) {
      response.end();
      return;
    }
    this.#listeners.add(response);
    response.on('close', () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.#rest();
    });
    // A newcomer needs the state even when nothing has changed.
    this.#lastContent = '';
    this.#isDirty = true;
    this.#timer ??= setInterval(() => void this.#look(), LEAST_MS / 2).unref();
    void this.#look();
  }

  /** Ends all connections. */
  close(): void {
    this.#isClosed = true;
    for (const response of this.#listeners) response.end();
    this.#listeners.clear();
    this.#rest();
  }

  async #look(): Promise<void> {
    const now = Date.now();
    const waited = now - this.#lastAt;
    const isDue = this.#lastContent === '' || (this.#isDirty && waited >= Math.max(LEAST_MS, 10 * this.#costMs));
    if (this.#isLooking || !(isDue || waited >= Math.max(MOST_MS, 10 * this.#costMs))) {
      if (now - this.#lastBeat >= HEARTBEAT_MS) this.#send(': still here\n\n');
      return;
    }
    this.#isLooking = true;
    this.#isDirty = false;
    this.#lastAt = now;
    try {
      const overview = await this.read();
      this.#costMs = Date.now() - now;
      const content = JSON.stringify(withoutTime(overview));
      if (content !== this.#lastContent) this.#send(`event: overview\ndata: ${JSON.stringify(overview)}\n\n`);
      this.#lastContent = content;
    } catch (error) {
      this.#isDirty = true;
      this.logger.warn({ error: (error as Error).message }, 'the overview could not be read');
    } finally {
      this.#isLooking = false;
    }
  }

  #send(text: string): void {
    this.#lastBeat = Date.now();
    for (const response of this.#listeners) {
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
      else response.write(text);
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** That time has passed is no news. */
const withoutTime = (overview: Overview) => ({
  ...overview,
  lastEventAgeSeconds: null,
  clock: { ...overview.clock, now: null },
});
