// A process that is not told of the partitions it has lost, as one whose group heartbeats hang while its other connections work. It
// tells the harness when it is refused what it asks of the database meanwhile, and what it has done until then.
import { type Ownership } from '@holdfast/postgres';
import { type Point, type Probe } from '@holdfast/stream';
import { replace } from '@holdfast/stream/flaws';

type Ports = Parameters<NonNullable<Probe['ports']>>[0];

/** What a deaf process says when it learns, by asking, that a partition is no longer its own. */
export interface Refused {
  readonly refused: {
    readonly what: 'load' | 'checkpoint';
    /** Records and dead letters that it has put out, and wake-ups that it has fired, since it became deaf. */
    readonly sent: number;
    readonly letters: number;
    readonly woken: number;
  };
}

/** Where a flaw lets such a process through: whether it should have been refused. */
export type IsOutdated = (owner: Ownership) => Promise<boolean>;

export class Deafness {
  #isDeaf = false;
  #done = { sent: 0, letters: 0, woken: 0 };
  #over: Promise<void> = Promise.resolve();
  #end: () => void = () => {};

  /** Deaf from now on, or not any more: then it hears what it has missed. */
  set(isDeaf: boolean): void {
    this.#isDeaf = isDeaf;
    this.#done = { sent: 0, letters: 0, woken: 0 };
    this.#end();
    if (isDeaf) this.#over = new Promise((resolve) => (this.#end = resolve));
  }

  /** To be told of what the process comes by. */
  reached(point: Point): void {
    if (point === 'woken') this.#done.woken += 1;
  }

  /** The same ports; what their broker takes away is told only when it is heard. */
  watch({ broker, store, timer }: Ports, isOutdated: IsOutdated | null): Ports {
    const join: Ports['broker']['join'] = (group, topics, listener) =>
      broker.join(group, topics, {
        ...listener,
        revoked: async (topic, partitions) => {
          await this.#over;
          await listener.revoked(topic, partitions);
        },
      });
    const producer: Ports['broker']['producer'] = async () => {
      const own = await broker.producer();
      const append: typeof own.append = (topic, partition, records) => {
        this.#done[topic.endsWith('.dead-letters') ? 'letters' : 'sent'] += records.length;
        return own.append(topic, partition, records);
      };
      return replace(own, { append });
    };
    const noting =
      <Owner extends Ownership, Rest extends readonly unknown[], Answer>(
        what: Refused['refused']['what'],
        ask: (owner: Owner, ...rest: Rest) => Promise<Answer>,
      ) =>
      async (owner: Owner, ...rest: Rest): Promise<Answer> => {
        const answer = await ask(owner, ...rest);
        if (!this.#isDeaf) return answer;
        const isRefused = answer === null || answer === false;
        if (isRefused || (await isOutdated?.(owner)))
          process.send?.({ refused: { what, ...this.#done } } satisfies Refused);
        return answer;
      };
    const methods = {
      load: noting('load', store.load.bind(store)),
      seen: noting('load', store.seen.bind(store)),
      save: noting('checkpoint', store.save.bind(store)),
      advance: noting('checkpoint', store.advance.bind(store)),
    };
    return { broker: replace(broker, { join, producer }), store: replace(store, methods), timer };
  }
}
