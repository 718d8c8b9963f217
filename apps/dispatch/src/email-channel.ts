// E-mail by SMTP. The Message-ID is made from the decision id, so that mail systems drop a repetition.
import { createTransport } from 'nodemailer';

import { RefusedError, type SendChannel } from './channel.js';

const TIMEOUT_MS = 15_000;

export interface EmailOptions {
  /** smtp:// or smtps:// */
  readonly url: string;
  /** From. */
  readonly sender: string;
  /** For the List-Unsubscribe header; empty: none. */
  readonly unsubscribeUrl: string;
}

/** Sends by the server at `url`. Throws a sentence when that is no SMTP address. */
export function emailChannel({ url, sender, unsubscribeUrl }: EmailOptions): SendChannel {
  if (!/^smtps?:\/\//.test(url)) throw new RangeError('SMTP_URL must begin with smtp:// or smtps://.');
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return {
    async send({ decisionId, subject, body, email }) {
      if (email === null) throw new RefusedError('no address');
      try {
        await transport.sendMail({
          from: sender,
          to: { name: '', address: email },
          subject,
          text: body,
          messageId: `<${decisionId}@holdfast>`,
          headers: { 'Idempotency-Key': decisionId, 'Auto-Submitted': 'auto-generated' },
          ...(unsubscribeUrl === '' ? {} : { list: { unsubscribe: unsubscribeUrl } }),
        });
      } catch (error) {
        const { responseCode, message: text } = error as { responseCode?: number; message: string };
        if (responseCode !== undefined && responseCode >= 500) throw new RefusedError(text);
        throw error;
      }
    },
    close: () => transport.close(),
  };
}
