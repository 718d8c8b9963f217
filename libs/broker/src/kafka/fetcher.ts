// Brings each open stream to the loop of the server that leads its partition, again whenever that has moved.
import { Backoff } from '../backoff.js';
import { PermanentError } from '../errors.js';
import { type Cluster } from './cluster.js';
import { FetchLoop } from './fetch-loop.js';
import { KafkaStream } from './kafka-stream.js';

/** All reading of one broker connection. */
export class Fetcher {
  readonly #loops = new Map<string, FetchLoop>();
  readonly #open = new Set<KafkaStream>();

  constructor(private readonly cluster: Cluster) {}

  open(topic: string, partition: number, offset: number): KafkaStream {
    const stream = new KafkaStream(topic, partition, offset);
    this.#open.add(stream);
    stream.onClosed = () => this.#open.delete(stream);
    void this.#attach(stream, new Backoff());
    return stream;
  }

  async close(): Promise<void> {
    for (const stream of [...this.#open]) await stream.close();
    for (const loop of this.#loops.values()) loop.close();
  }

  async #attach(stream: KafkaStream, backoff: Backoff): Promise<void> {
    while (!stream.isDone) {
      try {
        const { host, port } = await this.cluster.leader(stream.topic, stream.partition);
        this.#loop(host, port).add(stream);
        return;
      } catch (error) {
        const isMistake = error instanceof RangeError || error instanceof PermanentError;
        if (isMistake) stream.fail(error);
        else await this.#pause(backoff);
      }
    }
  }

  #pause(backoff: Backoff): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, backoff.next()));
  }

  #loop(host: string, port: number): FetchLoop {
    const key = `${host}:${port}`;
    const known = this.#loops.get(key);
    if (known) return known;
    const loop = new FetchLoop({ host, port }, this.cluster.options, (stream) => {
      this.cluster.forget(stream.topic);
      const backoff = new Backoff(100);
      void this.#pause(backoff).then(() => this.#attach(stream, backoff));
    });
    this.#loops.set(key, loop);
    return loop;
  }
}
