// A shop's own system that takes webhooks (standardwebhooks.com) and checks their signatures.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { Webhook } from 'standardwebhooks';

import { type Delivery } from '../evidence.js';
import { type Doorman, type Manners, type Receiver } from './receivers.js';

/** Starts it on a free port. A webhook whose signature is wrong is answered with 401 and not noted. */
export async function startWebhookReceiver(
  secret: string,
  onDelivery: (delivery: Delivery) => void,
  isTurnedAway: Doorman,
): Promise<Receiver> {
  const verifier = new Webhook(secret);
  let manners: Manners = 'take';
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    if (manners === 'refuse') socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    behave(next) {
      manners = next;
      if (next === 'refuse') server.closeAllConnections();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (manners === 'fail') return void response.writeHead(500).end();
    const body = Buffer.concat(chunks).toString();
    let said: { data?: { decisionId?: string; customer?: string } };
    try {
      said = verifier.verify(body, request.headers as Record<string, string>) as typeof said;
    } catch {
      return void response.writeHead(401).end();
    }
    if (isTurnedAway(said.data?.customer ?? '')) return void response.writeHead(500).end();
    onDelivery({
      channel: 'webhook',
      key: String(request.headers['webhook-id']),
      decisionId: said.data?.decisionId ?? '',
    });
    if (manners !== 'hang') response.writeHead(204).end();
  }
}
