import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { claimMessages, type Database, listMessages } from '@holdfast/postgres';
import { DEFAULT_RULES, type Rules } from '@holdfast/policy';
import { type Channel, DAY, INTERVENTION_EVENTS, MINUTE, type Millis, SECOND } from '@holdfast/schemas';
import { createContext } from '@holdfast/service';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';

import { type SendChannel } from './channel.js';
import { emailChannel } from './email-channel.js';
import { apply, type LedgerServer, startLedgerServer } from './fixtures/ledger.js';
import { consented, corrected, crossed, identified, NOON, purchased, recovered } from './fixtures/risk-records.js';
import { sendDue } from './sender.js';
import { webhookChannel } from './webhook-channel.js';

const shop = 'main';
const SECRET = `whsec_${Buffer.from('a secret of the test, 32 bytes !').toString('base64')}`;
const rules = { ...DEFAULT_RULES, consentByDefault: true, holdOutShare: 0, silenceHoldSeconds: 0 };
let server: LedgerServer;
beforeAll(async () => {
  server = await startLedgerServer();
});
afterAll(() => server.stop());

/** The shop's own system: a real server that checks signatures and answers as told. */
async function startReceiver(answer: () => number = () => 204) {
  const received: { headers: IncomingHttpHeaders; body: { data: Record<string, unknown> } }[] = [];
  const http: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      received.push({ headers, body: new Webhook(SECRET).verify(body, headers) as never });
      response.writeHead(answer()).end();
    });
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => new Promise((resolve) => http.close(() => resolve())));
  return { received, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/messages` };
}

/** A mail server that keeps what it gets. */
async function startMailServer(refuse: () => number | null = () => null) {
  const received: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      void text(stream).then((mail) => {
        const code = refuse();
        if (code !== null) return callback(Object.assign(new Error('no such mailbox'), { responseCode: code }));
        received.push(mail);
        callback();
      });
    },
  });
  await once(smtp.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => new Promise((resolve) => smtp.close(resolve)));
  return { received, url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}` };
}

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

const byMail = (url: string) => opened('email', emailChannel({ url, sender: 'shop@shop.test', unsubscribeUrl: '' }));
// The receiver checks the time stamp against the real clock.
const LEASE_MS = 3 * MINUTE;
const byWebhook = (url: string) => opened('webhook', webhookChannel({ url, secret: SECRET, now: Date.now }));
function opened(name: Channel, channel: SendChannel): ReadonlyMap<Channel, SendChannel> {
  closing.push(async () => channel.close());
  return new Map([[name, channel]]);
}

/** A process sends its first message and dies before it has noted that; its lease lasts a minute from noon on. */
async function diesAfterSending(database: Database, url: string) {
  const lease = { now: NOON, claimedUntil: NOON + MINUTE, claim: 'dead', channels: ['webhook'], partitions: null };
  const [claimed] = await claimMessages(database, { ...lease, isAbandoned: false, limit: 1 });
  await byWebhook(url).get('webhook')!.send(claimed!);
  return claimed!;
}

/** One customer has been decided about; the message waits. */
async function queued(
  channel: Channel,
  more: Parameters<typeof apply>[1] = [],
  others: Partial<Rules> = {},
): Promise<Database> {
  const database = await server.create();
  const records = [identified('c', 'c@shop.test'), crossed('c', 'high'), ...more];
  await apply(database, records, { rules: { ...rules, channels: [channel], ...others } });
  return database;
}
const send = (database: Database, channels: ReadonlyMap<Channel, SendChannel>, now: Millis = NOON) =>
  sendDue({
    database,
    rules: { ...rules, channels: [...channels.keys()] },
    channels,
    now: () => now,
    leaseMs: LEASE_MS,
  });
const message = async (database: Database) => (await listMessages(database, { shop, customer: 'c' })).items[0]!;

async function published(database: Database) {
  const rows = await database.query<{ value: Uint8Array }>('select value from intervention_outbox order by id');
  return rows.map(({ value }) => INTERVENTION_EVENTS.decode(new Uint8Array(value)));
}

describe('the sender', () => {
  it('sends e-mail under the decision id, once', async () => {
    const mail = await startMailServer();
    const database = await queued('email');
    await send(database, byMail(mail.url));
    await send(database, byMail(mail.url), NOON + DAY);
    const { decisionId, state, body } = await message(database);
    expect(state).toBe('sent');
    expect(mail.received).toHaveLength(1);
    expect(mail.received[0]).toContain(`Message-ID: <${decisionId}@holdfast>`);
    expect(mail.received[0]).toContain('To: c@shop.test');
    expect(mail.received[0]).toContain(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(body)![0]);
    expect((await published(database)).map(({ type, channel }) => [type, channel])).toEqual([
      ['assigned', 'email'],
      ['sent', 'email'],
    ]);
  });

  it('posts signed webhooks under the decision id', async () => {
    const receiver = await startReceiver();
    const database = await queued('webhook');
    await send(database, byWebhook(receiver.url));
    const { decisionId, state } = await message(database);
    expect(state).toBe('sent');
    expect(receiver.received).toHaveLength(1);
    const { headers, body } = receiver.received[0]!;
    expect([headers['webhook-id'], headers['idempotency-key']]).toEqual([decisionId, decisionId]);
    expect(body.data).toMatchObject({ decisionId, customer: 'c', email: 'c@shop.test', discountPercent: 10 });
  });

  it('takes only messages of the partitions that may be acted on', async () => {
    const receiver = await startReceiver();
    const channels = byWebhook(receiver.url);
    const itsRules = { ...rules, channels: ['webhook'] as Channel[] };
    const database = await queued('webhook');
    await apply(database, [identified('d', 'd@shop.test'), crossed('d', 'high')], { rules: itsRules, partition: 1 });
    const options = { database, rules: itsRules, channels, leaseMs: LEASE_MS, now: () => NOON };
    const sendFrom = (...partitions: number[]) => sendDue({ ...options, partitions: async () => partitions });
    expect(await sendFrom()).toBe(0);
    expect(await sendFrom(1)).toBe(1);
    expect(receiver.received.map(({ body }) => body.data['customer'])).toEqual(['d']);
    expect(await message(database)).toMatchObject({ state: 'queued', attempts: 0 });
    expect(await sendFrom(0, 1)).toBe(1);
    expect(receiver.received).toHaveLength(2);
  });

  it('sends again under the same key when it died between send and note', async () => {
    const receiver = await startReceiver();
    const database = await queued('webhook');
    const claimed = await diesAfterSending(database, receiver.url);
    // Here it dies. Nobody else sends before the lease has run out; then somebody does.
    expect(await send(database, byWebhook(receiver.url), NOON + 1)).toBe(0);
    expect(await send(database, byWebhook(receiver.url), NOON + MINUTE)).toBe(1);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([claimed.decisionId, claimed.decisionId]);
    expect((await message(database)).state).toBe('sent');
  });

  it('does not call a message cancelled that may have left', async () => {
    const receiver = await startReceiver();
    const database = await queued('webhook');
    await diesAfterSending(database, receiver.url);
    // Here it dies; then the customer comes back by themselves.
    await apply(database, [recovered('c', { at: NOON + MINUTE })]);
    expect(await send(database, byWebhook(receiver.url), NOON + 5 * MINUTE)).toBe(1);
    expect(receiver.received).toHaveLength(1);
    const reason = 'Not sent again (returned): its last try came to no end, so it is not known whether it has left.';
    expect(await message(database)).toMatchObject({ state: 'failed', reason });
    expect((await published(database)).at(-1)).toMatchObject({ type: 'failed', reason });
  });

  it('counts what it sent, not what it sent under a lease that was lost', async () => {
    const database = await queued('webhook');
    const { metrics } = createContext('dispatch', { logLevel: 'silent', processMetrics: false });
    let isFirst = true;
    const receiver = await startReceiver();
    const channels = byWebhook(receiver.url);
    const options = { database, rules: { ...rules, channels: ['webhook'] as const }, metrics };
    const slow: SendChannel = {
      async send(message) {
        await channels.get('webhook')!.send(message);
        // By the time it has been sent, another process has taken over the lease, sent and noted.
        if (isFirst) {
          isFirst = false;
          await sendDue({ ...options, channels, now: () => NOON + DAY, leaseMs: LEASE_MS });
        }
      },
      close: () => undefined,
    };
    await sendDue({ ...options, channels: new Map([['webhook', slow]]), now: () => NOON, leaseMs: LEASE_MS });
    expect(receiver.received).toHaveLength(2);
    expect((await metrics.sendsTotal.get()).values).toMatchObject([{ labels: { outcome: 'sent' }, value: 1 }]);
    expect((await published(database)).map(({ type }) => type)).toEqual(['assigned', 'sent']);
  });

  it('takes no lease while it cannot tell what has become of the customer', async () => {
    const receiver = await startReceiver();
    const database = await queued('webhook');
    await database.query('alter table consents rename to away');
    await expect(send(database, byWebhook(receiver.url))).rejects.toThrow('consents');
    await database.query('alter table away rename to consents');
    expect(await send(database, byWebhook(receiver.url), NOON + 1)).toBe(1);
    expect(await message(database)).toMatchObject({ state: 'sent', attempts: 1 });
  });

  it('ends no round before every message of it is noted, even if one cannot be', async () => {
    const database = await queued('webhook', [identified('late', 'l@shop.test'), crossed('late', 'high')]);
    // The note on the first message fails, and its lease is over; only then the second one is answered.
    await database.query(`
      create function refuse() returns trigger language plpgsql as
        $$ begin if new.state = 'sent' and new.customer = 'c' then raise 'away'; end if; return new; end $$`);
    await database.query('create trigger refuse before update on messages for each row execute function refuse()');
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    let now = NOON;
    const channel: SendChannel = {
      send: ({ customer }) => (customer === 'late' ? held : Promise.resolve(void (now += DAY))),
      close: () => undefined,
    };
    const clock = () => {
      if (now > NOON) setImmediate(answer);
      return now;
    };
    const channels = new Map([['webhook', channel]] as const);
    const sending = sendDue({
      database,
      rules: { ...rules, channels: ['webhook'] },
      channels,
      now: clock,
      leaseMs: LEASE_MS,
    });
    await expect(sending).rejects.toThrow('away');
    expect((await listMessages(database, { shop, customer: 'late' })).items[0]).toMatchObject({ state: 'sent' });
    expect(await message(database)).toMatchObject({ state: 'queued', attempts: 1 });
  });

  it('looks again at everything before it sends', async () => {
    const receiver = await startReceiver();
    const later = { at: NOON + MINUTE };
    const reasons: Record<string, Parameters<typeof apply>[1]> = {
      'no-consent': [consented('c', false, NOON + 1)],
      purchased: [purchased('c', later)],
      returned: [recovered('c', later)],
      expired: [],
    };
    for (const [reason, records] of Object.entries(reasons)) {
      const database = await queued('webhook', records);
      const now = reason === 'expired' ? NOON + 14 * DAY : NOON + 5 * MINUTE;
      await send(database, byWebhook(receiver.url), now);
      expect(await message(database)).toMatchObject({ state: 'cancelled', reason });
      expect((await published(database)).at(-1)).toMatchObject({ type: 'cancelled', reason });
    }
    expect(receiver.received).toEqual([]);
  });

  it('sends nothing because of a crossing that is taken back, in the same batch or later', async () => {
    const receiver = await startReceiver();
    const correction = corrected('c', NOON, { at: NOON + 200 * SECOND });
    for (const batches of [[[correction]], [[], [correction]]]) {
      const database = await queued('webhook', batches[0], { restDays: 0 });
      for (const records of batches.slice(1)) await apply(database, records, { rules: { restDays: 0 } });
      await send(database, byWebhook(receiver.url), NOON + 4 * MINUTE);
      expect(await message(database)).toMatchObject({ state: 'cancelled', reason: 'returned' });
    }
    const waiting = await queued('webhook', [], { silenceHoldSeconds: DEFAULT_RULES.silenceHoldSeconds });
    await send(waiting, byWebhook(receiver.url), NOON + 5 * MINUTE - 1);
    expect(await message(waiting)).toMatchObject({ state: 'queued', attempts: 0 });
    expect(receiver.received).toEqual([]);
    await send(waiting, byWebhook(receiver.url), NOON + 5 * MINUTE);
    expect(receiver.received).toHaveLength(1);
  });

  it('tries again later when the server is in trouble, and gives up in the end', async () => {
    let isUp = false;
    const receiver = await startReceiver(() => (isUp ? 200 : 503));
    const database = await queued('webhook');
    expect(await send(database, byWebhook(receiver.url))).toBe(1);
    expect(await message(database)).toMatchObject({ state: 'queued', attempts: 1, reason: 'the webhook answered 503' });
    expect(await send(database, byWebhook(receiver.url), NOON + 1)).toBe(0);
    isUp = true;
    expect(await send(database, byWebhook(receiver.url), NOON + MINUTE)).toBe(1);
    expect(await message(database)).toMatchObject({ state: 'sent', attempts: 2, reason: null });

    isUp = false;
    const hopeless = await queued('webhook');
    for (let hour = 0; hour < 12; hour++) await send(hopeless, byWebhook(receiver.url), NOON + hour * 120 * MINUTE);
    expect(await message(hopeless)).toMatchObject({ state: 'failed', attempts: 6 });
  });

  it('gives up a message that kills whoever sends it, and sends all others once', async () => {
    const others = ['a', 'b', 'd', 'e'];
    const records = others.flatMap((name) => [identified(name, `${name}@shop.test`), crossed(name, 'high')]);
    const database = await queued('webhook', records);
    const tried: string[] = [];
    const arrived: string[] = [];
    /** Resolves when the process has nothing more to do, or is dead; then nothing that it was at goes on. */
    const process = (now: Millis) =>
      new Promise<void>((resolve, reject) => {
        let isDead = false;
        const channel: SendChannel = {
          async send({ customer }) {
            tried.push(customer);
            isDead ||= customer === 'c';
            await new Promise(setImmediate);
            if (isDead) {
              resolve();
              await new Promise(() => undefined);
            }
            arrived.push(customer);
          },
          close: () => undefined,
        };
        send(database, new Map([['webhook', channel]]), now).then(() => resolve(), reject);
      });
    for (let life = 0; life < 8; life++) await process(NOON + life * LEASE_MS);
    expect(tried.filter((customer) => customer === 'c')).toHaveLength(6);
    expect(arrived.sort()).toEqual(others);
    const reason = 'Given up: of its 6 tries the last one came to no end, so it is not known whether it has left.';
    expect(await message(database)).toMatchObject({ state: 'failed', reason });
    expect((await published(database)).filter(({ type }) => type === 'failed')).toMatchObject([
      { customer: 'c', reason },
    ]);
  });

  it('gives up a message of which it cannot be said whether it may leave', async () => {
    const receiver = await startReceiver();
    const database = await queued('webhook');
    const faulty = {
      ...{ ...rules, channels: ['webhook'] as const },
      get consentByDefault(): boolean {
        throw new Error('a mistake');
      },
    };
    const channels = byWebhook(receiver.url);
    for (let hour = 0; hour < 24; hour++) {
      const now = () => NOON + hour * 120 * MINUTE;
      await sendDue({ database, rules: faulty, channels, now, leaseMs: LEASE_MS });
    }
    expect(await message(database)).toMatchObject({ state: 'failed', reason: 'a mistake', attempts: 6 });
    expect(receiver.received).toEqual([]);
  });

  it('can note whatever a server says', async () => {
    const rude = createTcpServer((socket) => {
      socket.write('220 shop.test\r\n');
      socket.on('data', () => socket.write(`550 nobody\0here ${'!'.repeat(900)}\r\n`)).on('error', () => undefined);
    });
    await once(rude.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => new Promise((resolve) => rude.close(() => resolve())));
    const database = await queued('email');
    await send(database, byMail(`smtp://127.0.0.1:${(rude.address() as AddressInfo).port}`));
    const { state, reason } = await message(database);
    expect([state, reason!.length]).toEqual(['failed', 500]);
    expect(reason).toContain('550 nobodyhere !!!');
  });

  it('does not repeat what the receiver refuses', async () => {
    const receiver = await startReceiver(() => 410);
    const posted = await queued('webhook');
    await send(posted, byWebhook(receiver.url));
    const reason = 'the webhook answered 410';
    expect(await message(posted)).toMatchObject({ state: 'failed', reason });
    expect((await published(posted)).at(-1)).toMatchObject({ type: 'failed', channel: 'webhook', reason });

    const mail = await startMailServer(() => 550);
    const mailed = await queued('email');
    await send(mailed, byMail(mail.url));
    expect(await message(mailed)).toMatchObject({ state: 'failed', attempts: 1 });
  });

  it('never lets out what is simulated, whatever is set up', async () => {
    const receiver = await startReceiver();
    const database = await server.create();
    const origins = ['replay', 'import', 'what-if'] as const;
    const records = origins.map((origin) => crossed(origin, 'high', { origin }));
    await apply(database, records, { rules: { ...rules, channels: ['webhook'] } });
    await send(database, byWebhook(receiver.url), NOON + DAY);
    // Not even when somebody turns the state by hand.
    await database.query(`update messages set state = 'queued'`);
    await send(database, byWebhook(receiver.url), NOON + DAY);
    expect(receiver.received).toEqual([]);
  });

  it('waits for the end of the quiet hours', async () => {
    const receiver = await startReceiver();
    const database = await server.create();
    const night = Date.UTC(2026, 5, 1, 23);
    await apply(database, [crossed('c', 'high', { at: night })], { rules: { ...rules, channels: ['webhook'] } });
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 2, 7, 59))).toBe(0);
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 2, 8))).toBe(1);
  });

  it('waits for their end with another try, and after a standstill, too', async () => {
    let isUp = false;
    const receiver = await startReceiver(() => (isUp ? 204 : 503));
    const database = await queued('webhook');
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 1, 20, 59))).toBe(1);
    isUp = true;
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 1, 21))).toBe(0);
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 2, 7, 59))).toBe(0);
    expect(await send(database, byWebhook(receiver.url), Date.UTC(2026, 5, 2, 8))).toBe(1);
    expect(await message(database)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('says in a sentence what a channel lacks', () => {
    expect(() => webhookChannel({ url: 'http://shop.test', secret: undefined, now: Date.now })).toThrow(
      'DISPATCH_WEBHOOK_URL needs DISPATCH_WEBHOOK_SECRET',
    );
    expect(() => webhookChannel({ url: 'shop.test', secret: SECRET, now: Date.now })).toThrow('must begin with http');
    expect(() => emailChannel({ url: 'shop.test', sender: '', unsubscribeUrl: '' })).toThrow('must begin with smtp');
  });
});
