// The page: a handful of static files, read once. No other host is ever asked for anything.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';

import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { AccessGuard, SETTINGS } from './access.guard.js';
import { refusal } from './api/failure.js';
import { type ConsoleSettings } from './settings.js';

export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const OURS = [
  'index.html', 'page.css', 'icon.svg', 'main.js', 'dom.js', 'words.js', 'overview.js', 'tiers.js', 'feed.js', 'actions.js', 'customers.js',
  'customer.js', 'charts.js', 'connection.js',
] as const; // prettier-ignore

const require = createRequire(import.meta.url);
const load = (file: string | URL, name: string) => {
  const body = readFileSync(file);
  return { body, type: MIME[extname(name)]!, tag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` };
};
const files = new Map(OURS.map((name) => [name as string, load(new URL(`./page/${name}`, import.meta.url), name)]));
files.set('uplot.js', load(require.resolve('uplot/dist/uPlot.esm.js'), 'uplot.js'));
files.set('uplot.css', load(require.resolve('uplot/dist/uPlot.min.css'), 'uplot.css'));

@Controller()
@UseGuards(AccessGuard)
export class PageController {
  constructor(@Inject(SETTINGS) private readonly settings: ConsoleSettings) {}

  @Get()
  index(@Query() query: { token?: unknown }, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    // The cookie has been set by the guard: take the secret out of the address bar.
    if (this.settings.CONSOLE_TOKEN !== undefined && query.token !== undefined) void reply.redirect('/', 303);
    else send('index.html', request, reply);
  }

  @Get('page/:file')
  file(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (!files.has(name)) throw refusal(404, `There is no file ${JSON.stringify(name)} here.`);
    send(name, request, reply);
  }
}

function send(name: string, request: FastifyRequest, reply: FastifyReply): void {
  const { body, type, tag } = files.get(name)!;
  void reply.headers({ ...SECURITY_HEADERS, etag: tag, 'content-type': type });
  if (request.headers['if-none-match'] === tag) void reply.code(304).send();
  else void reply.send(body);
}
