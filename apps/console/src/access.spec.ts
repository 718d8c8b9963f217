import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';

import { startConsole, startGround } from './running-console.fixture.js';
import { isLoopback } from './settings.js';

const TOKEN = 'a-token-of-some-length';
let ground: Awaited<ReturnType<typeof startGround>>;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground?.stop());

describe('who may look in', () => {
  it('refuses to start on an address others can reach without a token, with a sentence', async () => {
    await expect(startConsole(ground.database, {}, { host: '0.0.0.0' })).rejects.toThrow(
      /set CONSOLE_TOKEN .* or listen on 127\.0\.0\.1\./,
    );
    await expect(startConsole(ground.database, { CONSOLE_TOKEN: 'short' }, { host: '0.0.0.0' })).rejects.toThrow(
      /CONSOLE_TOKEN/,
    );
  });

  it('knows loopback addresses from others', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', ''])
      expect(isLoopback(host)).toBe(false);
  });

  it('takes the token as Bearer, or in the address once and then as a cookie', async () => {
    const console = await startConsole(ground.database, { CONSOLE_TOKEN: TOKEN }, { host: '0.0.0.0' });
    try {
      for (const path of [
        '/',
        '/page/main.js',
        '/api/overview',
        '/api/stream',
        '/api/openapi.json',
        '/api/customers/1',
      ]) {
        for (const headers of [
          {},
          { authorization: 'Bearer wrong' },
          { cookie: 'holdfast_console=wrong' },
          { cookie: `holdfast_console=${TOKEN}` },
        ]) {
          const response = await console.get(path, headers as Record<string, string>);
          expect([path, response.status]).toEqual([path, 401]);
          expect(await response.json()).toEqual({ error: expect.stringContaining('?token=') });
        }
      }
      expect((await console.get('/api/overview', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);

      const entry = await console.get(`/?token=${TOKEN}`);
      expect([entry.status, entry.headers.get('location')]).toEqual([303, '/']);
      const cookie = entry.headers.get('set-cookie')!;
      expect(cookie).toContain('HttpOnly; SameSite=Strict');
      expect(cookie).not.toContain(TOKEN);
      expect((await console.get('/api/overview', { cookie: cookie.split(';')[0]! })).status).toBe(200);
    } finally {
      await console.stop();
    }
  });

  it('without a token answers only those who ask for this machine by name', async () => {
    const console = await startConsole(ground.database);
    try {
      const { port } = new URL(console.url);
      const ask = (host: string) =>
        new Promise<number>((resolve, reject) => {
          request({ host: '127.0.0.1', port, path: '/api/overview', headers: { host } }, (response) => {
            response.resume();
            resolve(response.statusCode!);
          })
            .on('error', reject)
            .end();
        });
      expect(
        await Promise.all(['localhost', `127.0.0.1:${port}`, `[::1]:${port}`, 'evil.example:80'].map(ask)),
      ).toEqual([200, 200, 200, 403]);
    } finally {
      await console.stop();
    }
  });

  it('lets nothing from elsewhere into the page', async () => {
    const console = await startConsole(ground.database);
    try {
      const index = await console.get('/');
      expect(index.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      const html = await index.text();
      const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
      expect(sources.filter((source) => !/^[/#]/.test(source))).toEqual([]);
      for (const source of sources.filter((s) => s.startsWith('/page/')))
        expect([source, (await console.get(source)).status]).toEqual([source, 200]);
      expect((await console.get('/page/secrets.ts')).status).toBe(404);
      expect((await console.get('/', { 'if-none-match': index.headers.get('etag')! })).status).toBe(304);
    } finally {
      await console.stop();
    }
  });
});
