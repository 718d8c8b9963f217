import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';

import { type Receivers, startReceivers } from './receivers.js';

let receivers: Receivers;
beforeEach(async () => {
  receivers = await startReceivers();
});
afterEach(() => receivers.close());

/** As dispatch sends it. Resolves to how it was answered. */
async function post(id: string, decisionId = id, secret = receivers.webhookSecret): Promise<number | string> {
  const body = JSON.stringify({ data: { decisionId, customer: 'customer' } });
  const at = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
  const request = { method: 'POST', body, headers, signal: AbortSignal.timeout(500) };
  return fetch(receivers.webhookUrl, request).then(
    ({ status }) => status,
    (error: Error) => error.name,
  );
}

async function mail(decisionId: string, key = decisionId): Promise<string> {
  const transport = createTransport({ url: receivers.smtpUrl, socketTimeout: 500 });
  const message = { from: 'shop@shop.test', to: 'customer@shop.test', subject: 'Hello', text: 'Hello' };
  const headers = { 'Idempotency-Key': decisionId };
  return transport
    .sendMail({ ...message, headers, messageId: `<${key}@holdfast>` })
    .then(
      () => 'taken',
      ({ responseCode, code }: { responseCode?: number; code: string }) => String(responseCode ?? code),
    )
    .finally(() => transport.close());
}

describe('the receivers', () => {
  it('note what reaches them, with key and decision', async () => {
    const long = 'a-decision-whose-id-is-longer-than-a-line-of-a-mail-header-may-be-'.repeat(2);
    expect(await post('w')).toBe(204);
    expect(await post('key', 'other')).toBe(204);
    expect(await mail(long)).toBe('taken');
    expect(await mail('m', 'key')).toBe('taken');
    expect(receivers.deliveries).toEqual([
      { channel: 'webhook', key: 'w', decisionId: 'w' },
      { channel: 'webhook', key: 'key', decisionId: 'other' },
      { channel: 'email', key: long, decisionId: long },
      { channel: 'email', key: 'key', decisionId: 'm' },
    ]);
  });

  it('do not take a webhook that somebody else has signed', async () => {
    expect(await post('w', 'w', `whsec_${Buffer.alloc(32, 'x').toString('base64')}`)).toBe(401);
    expect(receivers.deliveries).toEqual([]);
  });

  it('misbehave when they are told to, and no longer than that', async () => {
    receivers.behave('fail');
    expect([await post('w'), await mail('m')]).toEqual([500, '451']);
    receivers.behave('refuse');
    expect([await post('w'), await mail('m')]).toEqual(['TypeError', '421']);
    expect(receivers.deliveries).toEqual([]);
    receivers.behave('hang');
    expect([await post('w2'), await mail('m2')]).toEqual(['TimeoutError', 'ETIMEDOUT']);
    receivers.behave('take');
    expect([await post('w3'), await mail('m3')]).toEqual([204, 'taken']);
    expect(receivers.deliveries.map(({ key }) => key)).toEqual(['w2', 'm2', 'w3', 'm3']);
  });

  it('turn away the messages of some customers, and count them', async () => {
    receivers.turnAway((customer) => customer === 'customer');
    expect([await post('w'), await mail('m')]).toEqual([500, '451']);
    receivers.turnAway((customer) => customer !== 'customer');
    expect([await post('w'), await mail('m')]).toEqual([204, 'taken']);
    expect(receivers.turnedAway).toEqual(new Map([['customer', 2]]));
  });
});
