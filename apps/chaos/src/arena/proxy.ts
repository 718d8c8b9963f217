// A TCP proxy between the services and a server: it can be slow, tear connections, and let nobody through.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One connection that passes through: the service's end and the server's. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** From a port of its own to a port that may be named later. */
export class Proxy {
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  #isRefusing = false;
  #torn = 0;
  #slowed = 0;

  private constructor(
    private readonly server: Server,
    /** Where the server listens; 0: nowhere yet. */
    private target: number,
  ) {}

  static async start(target = 0): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    const proxy = new Proxy(server, target);
    server.on('connection', (near) => proxy.#accept(near));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that have been cut by {@link tear}. */
  get torn(): number {
    return this.#torn;
  }

  /** Requests that have been held up. */
  get slowed(): number {
    return this.#slowed;
  }

  to(port: number): void {
    this.target = port;
  }

  /** Everything the services say arrives so much later, in order. 0: at once again. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Cuts the connections there are, half-sent requests and answers included. */
  tear(): void {
    for (const pair of this.#pairs) {
      this.#torn += 1;
      cut(pair);
    }
  }

  /** New connections are cut at once. */
  refuse(isRefusing: boolean): void {
    this.#isRefusing = isRefusing;
  }

  async close(): Promise<void> {
    this.refuse(true);
    for (const pair of this.#pairs) cut(pair);
    await new Promise((resolve) => this.server.close(resolve));
  }

  #accept(near: Socket): void {
    if (this.#isRefusing) return void near.resetAndDestroy();
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { near, far };
    this.#pairs.add(pair);
    near.on('error', () => cut(pair));
    far.on('error', () => cut(pair));
    near.once('close', () => far.destroySoon());
    far.once('close', () => {
      this.#pairs.delete(pair);
      near.destroySoon();
    });
    far.pipe(near);
    this.#carry(pair);
  }

  /** What a service says, each piece when its time has come, one after the other. */
  #carry({ near, far }: Pair): void {
    let last: Promise<void> = Promise.resolve();
    near.on('data', (piece) => {
      const delayMs = this.#delayMs;
      if (delayMs > 0) this.#slowed += 1;
      near.pause(); // one piece at a time: memory stays bounded
      last = last.then(async () => {
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (!far.destroyed && !far.write(piece)) await once(far, 'drain').catch(() => undefined);
        near.resume();
      });
    });
    near.once('end', () => void last.then(() => far.end()));
  }
}

/** Without a farewell, as a cable that is pulled. */
function cut({ near, far }: Pair): void {
  for (const socket of [near, far]) {
    if (socket.destroyed) continue;
    // Node 20 never gets rid of a socket that is reset while it says farewell: the process would not end.
    if (socket.connecting || socket.writableEnded) socket.destroy();
    else socket.resetAndDestroy();
  }
}
