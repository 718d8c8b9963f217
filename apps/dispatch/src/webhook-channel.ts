// A signed POST to the shop's own system (standardwebhooks.com). The webhook id is the decision id: a repetition carries the same.
import { toIso } from '@holdfast/schemas';
import { Webhook } from 'standardwebhooks';

import { RefusedError, type SendChannel } from './channel.js';

const TIMEOUT_MS = 15_000;
/** Client errors that another try may cure. */
const PASSING = new Set([408, 409, 423, 425, 429]);

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string | undefined;
  readonly now: () => number;
}

/** Posts to `url`. Throws a sentence when address or secret cannot be used. */
export function webhookChannel({ url, secret, now }: WebhookOptions): SendChannel {
  if (!/^https?:\/\//.test(url)) throw new RangeError('DISPATCH_WEBHOOK_URL must begin with http:// or https://.');
  const signer = signerOf(secret);
  return {
    async send({ decisionId, shop, customer, email, playbook, subject, body, code, discountPercent, expiresAt }) {
      const at = now();
      const payload = JSON.stringify({
        type: 'intervention.message',
        timestamp: toIso(at),
        data: {
          decisionId, shop, customer, email, playbook, subject, body, coupon: code, discountPercent,
          expiresAt: expiresAt === null ? null : toIso(expiresAt),
        }, // prettier-ignore
      });
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          'webhook-id': decisionId,
          'webhook-timestamp': String(Math.floor(at / 1000)),
          'webhook-signature': signer.sign(decisionId, new Date(at), payload),
          'idempotency-key': decisionId,
        },
        body: payload,
      });
      await response.body?.cancel();
      const { status } = response;
      if (status >= 200 && status < 300) return;
      const text = `the webhook answered ${status}`;
      if (status >= 400 && status < 500 && !PASSING.has(status)) throw new RefusedError(text);
      throw new Error(text);
    },
    close: () => undefined,
  };
}

function signerOf(secret: string | undefined): Webhook {
  try {
    if (secret && Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length >= 24) return new Webhook(secret);
  } catch {
    // Said below; the library's own message may quote the secret.
  }
  throw new RangeError(
    'DISPATCH_WEBHOOK_URL needs DISPATCH_WEBHOOK_SECRET: whsec_ followed by at least 24 random bytes in base64.',
  );
}
