import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

import { createContext } from './context.js';
import { type ServerOptions, startServer } from './http-server.js';

describe('every service', () => {
  let app: NestFastifyApplication | undefined;
  afterEach(() => app?.close());

  const start = async (port = 0, more: Partial<ServerOptions> = {}) => {
    const contexts = ['one', 'two'].map((name, i) =>
      createContext(name, { logLevel: 'silent', processMetrics: i === 0 }),
    );
    app = await startServer({ modules: [] }, { contexts, host: '127.0.0.1', port, ...more });
    return { contexts, url: await app.getUrl() };
  };

  it('is alive, and ready only when every check says so', async () => {
    const { contexts, url } = await start();
    let broken = true;
    contexts[1]!.health.add('broker', () =>
      broken ? Promise.reject(new Error('Kafka does not answer.')) : Promise.resolve(),
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const down = await fetch(`${url}/readyz`);
    expect(down.status).toBe(503);
    expect(await down.text()).toContain('Kafka does not answer.');
    broken = false;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('publishes the metrics of all services of its process, told apart by a label', async () => {
    const { contexts, url } = await start();
    for (const { metrics } of contexts) metrics.deadLettersTotal.inc({ stage: 'features' });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('holdfast_stream_dead_letters_total{stage="features",service="one"} 1');
    expect(text).toContain('holdfast_stream_dead_letters_total{stage="features",service="two"} 1');
  });

  it('cuts off who takes for ever to send a request', async () => {
    const { url } = await start(0, { requestTimeoutMs: 100 });
    const slow = connect(Number(new URL(url).port), '127.0.0.1');
    const head = ['POST /v1 HTTP/1.1', 'host: slow.test', 'content-type: application/json', 'content-length: 1000'];
    slow.write(`${head.join('\r\n')}\r\n\r\n{"only":"the beginning"`);
    // Ends when the server has had enough.
    expect(await text(slow)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('says in a sentence that its port is taken', async () => {
    const { url } = await start();
    const contexts = [createContext('three', { logLevel: 'silent' })];
    const port = Number(new URL(url).port);
    await expect(startServer({ modules: [] }, { contexts, host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken by another program`,
    );
  });
});
