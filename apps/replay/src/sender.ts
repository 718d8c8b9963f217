// Requests to ingest, repeated while it is busy or away.
import { ReplayRefused } from './refusal.js';

export interface SenderOptions {
  readonly ingestUrl: string;
  readonly writeKey: string;
  readonly signal: AbortSignal;
  readonly wait: (ms: number) => Promise<void>;
  /** For how long nothing but failures is put up with. */
  readonly giveUpMs: number;
}

/** What ingest said about a batch. */
export interface Receipt {
  readonly accepted: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const BUSY = new Set([408, 429, 500, 502, 503, 504]);
/** Reasons for which ticks are refused: without them time would stand still. */
const NO_REPLAY = new Set(['not-in-replay', 'may-not-replay']);

/** Sends one batch until it is stored. Throws {@link ReplayRefused} when that cannot be, and the abort reason when aborted. */
export async function sendBatch(body: string, options: SenderOptions): Promise<Receipt> {
  const url = new URL('/v1/import', options.ingestUrl);
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`${options.writeKey}:`).toString('base64')}`,
  };
  let pauseMs = FIRST_PAUSE_MS;
  for (let waited = 0; ;) {
    const said = await post(url, { headers, body, signal: options.signal });
    if (said.status === 200) return receiptOf(said.text);
    if (said.status !== 0 && !BUSY.has(said.status)) {
      throw new ReplayRefused(
        `Ingest at ${options.ingestUrl} refused the replay (${said.status}): ${messageOf(said.text)}`,
      );
    }
    if (waited >= options.giveUpMs) {
      const seconds = Math.round(options.giveUpMs / 1_000);
      throw new ReplayRefused(
        `Ingest at ${options.ingestUrl} has not taken anything for ${seconds} s (${messageOf(said.text)}): see that it runs, then start the replay again; it goes on where it stopped.`,
      );
    }
    const ms = said.retryAfterMs ?? pauseMs;
    await options.wait(ms);
    waited += ms;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

async function post(
  url: URL,
  request: { readonly headers: Record<string, string>; readonly body: string; readonly signal: AbortSignal },
): Promise<{ status: number; text: string; retryAfterMs?: number }> {
  try {
    const response = await fetch(url, { method: 'POST', ...request });
    const after = Number(response.headers.get('retry-after') ?? Number.NaN);
    const text = await response.text();
    return { status: response.status, text, ...(after >= 0 ? { retryAfterMs: after * 1_000 } : {}) };
  } catch (error) {
    request.signal.throwIfAborted();
    const { cause } = error as { cause?: Error };
    return { status: 0, text: cause?.message || (error as Error).message };
  }
}

function receiptOf(text: string): Receipt {
  const { accepted, rejected } = JSON.parse(text) as {
    accepted: number;
    rejected: readonly { reason: string; message: string }[];
  };
  const standstill = rejected.find(({ reason }) => NO_REPLAY.has(reason));
  if (standstill) throw new ReplayRefused(`Ingest refused the replay: ${standstill.message}`);
  const counts: Record<string, number> = {};
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1;
  return { accepted, rejected: counts };
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
