// A mail server that takes everything, for whomever it is.
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

import { type Delivery } from '../evidence.js';
import { type Doorman, type Manners, type Receiver } from './receivers.js';

/** Starts it on a free port. */
export async function startMailReceiver(
  onDelivery: (delivery: Delivery) => void,
  isTurnedAway: Doorman,
): Promise<Receiver> {
  let manners: Manners = 'take';
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect: (_session, callback) => callback(manners === 'refuse' ? reply(421, 'come back later') : null),
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const headers = headersOf(Buffer.concat(chunks).toString());
        const [customer = ''] = (headers.get('to') ?? '').split('@');
        if (manners === 'fail' || isTurnedAway(customer)) return callback(reply(451, 'come back later'));
        const key = (headers.get('message-id') ?? '').replace(/^<|@.*$/g, '');
        onDelivery({ channel: 'email', key, decisionId: headers.get('idempotency-key') ?? '' });
        if (manners !== 'hang') callback();
      });
    },
  });
  smtp.on('error', () => undefined); // a client that was killed
  await once(smtp.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    behave(next) {
      manners = next;
    },
    close: () => new Promise((resolve) => smtp.close(resolve)),
  };
}

const reply = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

/** Header fields of a mail by lower-case name; long ones go on in the next line (RFC 5322, 2.2.3). */
function headersOf(mail: string): Map<string, string> {
  const [head = ''] = mail.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n(?=[ \t])/g, '').split('\r\n');
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
}
