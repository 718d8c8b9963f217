// Who may look in: with a token set, whoever presents it; without one, only browsers that asked for this machine by name.
import { createHash, timingSafeEqual } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { refusal } from './api/failure.js';
import { type ConsoleSettings, isLoopback } from './settings.js';

export const SETTINGS = Symbol('console settings');
const COOKIE = 'holdfast_console';

/** Bearer header, `?token=` (answered with a cookie) or that cookie. Throws 401 or 403 with a sentence. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(SETTINGS) private readonly settings: ConsoleSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const token = this.settings.CONSOLE_TOKEN;
    if (token === undefined) return this.isLocal(request);
    if (matches(bearerOf(request), token) || matches(cookieOf(request), digest(token))) return true;
    if (matches((request.query as { token?: unknown }).token, token)) {
      const cookie = `${COOKIE}=${digest(token)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`;
      http.getResponse<FastifyReply>().header('set-cookie', cookie);
      return true;
    }
    throw refusal(401, 'This console needs its token: add ?token=… to the address, or send it as a Bearer token.');
  }

  /** Against pages elsewhere that point a name of theirs at 127.0.0.1 (DNS rebinding). */
  private isLocal(request: FastifyRequest): boolean {
    const host = /^(\[[^\]]*\]|[^:]*)/.exec(request.headers.host ?? '')![0];
    if (isLoopback(host)) return true;
    throw refusal(403, 'Without CONSOLE_TOKEN the console answers only at localhost or 127.0.0.1.');
  }
}

const digest = (text: string): string => createHash('sha256').update(`holdfast console ${text}`).digest('hex');

/** Compares in constant time. */
function matches(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(expected)));
}

const bearerOf = (request: FastifyRequest) => /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];

function cookieOf(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}
