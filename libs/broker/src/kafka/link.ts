// One connection to one Kafka server, opened when needed and thrown away on any doubt.
import { type API, Connection, ResponseError } from '@platformatic/kafka';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Settings of a connection. */
export interface LinkOptions {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
}

/** Requests on a link go out one after another; a long poll or a join therefore wants a link of its own. */
export class Link {
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #closed = false;

  constructor(
    readonly address: Address,
    private readonly options: LinkOptions,
  ) {}

  /** Rejects with `ResponseError` when the server says no, with another error when the connection is in doubt. */
  async call<Arguments extends unknown[], Answer>(api: API<Arguments, Answer>, ...args: Arguments): Promise<Answer> {
    const connection = this.#connection ?? (await this.#open());
    try {
      return await api.async(connection, ...args);
    } catch (error) {
      // After a timeout the library loses count of the bytes that still come: never reuse that connection.
      if (!(error instanceof ResponseError)) this.#drop(connection);
      throw error;
    }
  }

  /** Ends whatever is waiting on this link with an error; the next call opens it anew. */
  interrupt(): void {
    if (this.#connection) this.#drop(this.#connection);
  }

  close(): void {
    this.#closed = true;
    this.interrupt();
  }

  #drop(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined;
    void connection.close().catch(() => {});
  }

  #open(): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error('The connection is closed.'));
    return (this.#opening ??= this.#connect().finally(() => (this.#opening = undefined)));
  }

  async #connect(): Promise<Connection> {
    const { clientId, requestTimeoutMs } = this.options;
    const connection = new Connection(clientId, { requestTimeout: requestTimeoutMs, connectTimeout: 5_000 });
    // Errors reach the caller of the request; unheard events would end the process.
    connection.on('error', () => {});
    connection.on('close', () => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    await connection.connect(this.address.host, this.address.port);
    if (this.#closed) {
      this.#drop(connection);
      throw new Error('The connection is closed.');
    }
    return (this.#connection = connection);
  }
}
