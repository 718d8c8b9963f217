// One Nest application on Fastify: modules, stream transports, health and metrics on one port.
import { once } from 'node:events';
import { createServer } from 'node:net';

import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { type ServiceContext } from './context.js';
import { nestLogger } from './nest-logger.js';
import { ServiceModule } from './service.module.js';

@Module({})
class RootModule {}

/** What one process runs. */
export interface Composition {
  readonly modules: readonly DynamicModule[];
  readonly transports?: readonly CustomTransportStrategy[];
  /** Called after the application has stopped: close what it was given. */
  close?(): Promise<void>;
}

export interface ServerOptions {
  readonly contexts: readonly ServiceContext[];
  readonly host: string;
  readonly port: number;
  /** How long a client may take to send a request, head and body; default 30 s. It may be up to a quarter more. */
  readonly requestTimeoutMs?: number;
}

/** Starts listening, then the stream transports. Throws {@link PortTakenError}. */
export async function startServer(composition: Composition, options: ServerOptions): Promise<NestFastifyApplication> {
  const root: DynamicModule = {
    module: RootModule,
    imports: [ServiceModule.register(options.contexts), ...composition.modules],
  };
  const { requestTimeoutMs: requestTimeout = 30_000 } = options;
  const adapter = new FastifyAdapter({
    // Ingest, which reads its bodies itself, has a limit of its own.
    bodyLimit: 1_048_576,
    forceCloseConnections: true,
    // Ids of customers, which are longer than a hundred characters at times.
    routerOptions: { maxParamLength: 2_000 },
    // Or who sends slowly would hold a connection, and what has arrived so far, for as long as they like. Node confuses the two
    // timeouts when the one of the head, which is part of the request, is longer.
    requestTimeout,
    http: { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: requestTimeout / 4 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: nestLogger(options.contexts[0]!.logger),
    abortOnError: false,
  });
  for (const strategy of composition.transports ?? []) app.connectMicroservice({ strategy });
  try {
    await app.listen(options.port, options.host);
    await app.startAllMicroservices();
  } catch (error) {
    await app.close().catch(() => undefined);
    throw asPlain(error, options);
  }
  return app;
}

/** Throws {@link PortTakenError} when nothing can listen there: sooner than after everything else has been started. */
export async function refuseTakenPort(port: number, host = '127.0.0.1'): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    throw asPlain(error, { host, port });
  } finally {
    probe.close();
  }
}

/** The address is in use, or may not be used. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

function asPlain(error: unknown, { host, port }: Pick<ServerOptions, 'host' | 'port'>): unknown {
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE')
    return new PortTakenError(`Port ${port} on ${host} is taken by another program: stop it or choose another port.`);
  if (code === 'EACCES')
    return new PortTakenError(`Port ${port} on ${host} may not be used by this user: choose one above 1023.`);
  if (code === 'EADDRNOTAVAIL') return new PortTakenError(`${host} is not an address of this machine.`);
  return error;
}
