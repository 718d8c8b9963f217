// The routes, as a Fastify plugin inside the Nest application. Fastify leaves the bodies alone, whatever type they claim to be
// (browser SDKs post text/plain), so that limits, faults and write keys are answered by us, in one sentence each.
import { type FastifyInstance, type FastifyReply } from 'fastify';

import { type Answer, ANSWERS } from './answer.js';
import { type Call, type Intake } from './intake.js';

/** Paths below /v1. The one-letter forms are what Segment's browser SDK posts to. */
const CALLS: readonly (readonly [path: string, call: Call])[] = [
  ...(['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch'] as const).flatMap(
    (call) => [[call, call], [call[0]!, call]] as const, // prettier-ignore
  ),
  ['import', 'import'],
];

// Storefronts post from their own origin. No cookies are involved; the write key is public there, as with every such SDK.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, content-encoding, x-retry-count',
  'access-control-max-age': '86400',
  'access-control-expose-headers': 'retry-after',
};

/** Registers all routes. `onFault` is told of errors that are our own; the sender is asked to try again. */
export const httpApi =
  (intake: Intake, onFault: (error: Error) => void) =>
  async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _body, done) => done(null));
    app.addHook('onRequest', async (request, reply) => {
      // Fastify would refuse one that is no type at all.
      delete request.raw.headers['content-type'];
      void reply.headers(CORS);
    });
    app.setErrorHandler((error: Error, _request, reply) => {
      onFault(error);
      return send(reply, { status: 500, body: { message: 'Something went wrong here: send it again in a moment.' } });
    });
    app.all('/v1/*', (request, reply) =>
      request.method === 'OPTIONS' ? reply.code(204).send() : send(reply, ANSWERS.noCall),
    );
    for (const [path, call] of CALLS) {
      app.post(`/v1/${path}`, async (request, reply) => send(reply, await intake.take(call, request.raw)));
    }
  };

const send = (reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply =>
  reply.code(status).headers(headers).send(body);
