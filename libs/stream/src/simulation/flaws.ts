// One rule of the protocol taken out of effect: the proof that a checker would notice if the runner did not keep it. Each is done from
// outside, to the ports, so that the runner has no switch that could be left on. The simulation and tests on real servers use the same five; on real ones:
// `{ broker, database, probe: { ports: (ports) => spoil(ports, flaw, epochOf) } }` as the Resources of a service.
import { type Broker, type Producer } from '@holdfast/broker';
import {
  type CheckpointStore,
  type Ownership,
  type PartitionId,
  type Progress,
  type StoredCustomer,
  type Transaction,
} from '@holdfast/postgres';
import { HEADERS } from '@holdfast/schemas';

import { type Ports } from '../partition-context.js';
import { type Timer } from '../timer.js';

export const FLAWS = [
  'sources are not checked',
  'checkpoints are not fenced',
  'loads are not fenced',
  'positions are saved ahead of acknowledgements',
  'the cache outlives a rebalance',
] as const;
export type Flaw = (typeof FLAWS)[number];

/** The epoch of a partition at this moment, as its store has it. */
export type EpochOf = (id: PartitionId) => Promise<number>;

/** How long a producer may wait for company. */
const LINGER_MS = 100;

type Work = [progress: Progress, work: (transaction: Transaction) => Promise<void>];

/** The ports of one process, with a flaw. */
export function spoil({ broker, store, timer }: Ports, flaw: Flaw, epochOf: EpochOf): Ports {
  switch (flaw) {
    case 'sources are not checked':
      return { broker: withoutSources(broker), store, timer };
    case 'checkpoints are not fenced': {
      const save = unfenced(epochOf, store.save.bind(store));
      const advance = unfenced(epochOf, async (owner, ...rest: Work) => (await store.advance(owner, ...rest)) || null);
      return { broker, store: replace(store, { save, advance }), timer };
    }
    case 'loads are not fenced': {
      const [load, seen] = [unfenced(epochOf, store.load.bind(store)), unfenced(epochOf, store.seen.bind(store))];
      return { broker, store: replace(store, { load, seen }), timer };
    }
    case 'positions are saved ahead of acknowledgements':
      return { broker: replace(broker, { producer: async () => hasty(await broker.producer(), timer) }), store, timer };
    case 'the cache outlives a rebalance':
      return { broker, store: remembering(store), timer };
  }
}

/** Records are read as if nothing had caused them, so that none counts as applied before. */
const withoutSources = (broker: Broker): Broker =>
  replace(broker, {
    open: (topic, partition, offset) => {
      const stream = broker.open(topic, partition, offset);
      const next = async () =>
        (await stream.next()).map((record) => {
          const { [HEADERS.source]: _, ...headers } = record.headers;
          return { ...record, headers };
        });
      return { next, close: () => stream.close() };
    },
  });

/** Whoever asks is taken for the owner. */
const unfenced =
  <O extends Ownership, Rest extends readonly unknown[], T>(
    epochOf: EpochOf,
    call: (owner: O, ...rest: Rest) => Promise<T | null>,
  ) =>
  async (owner: O, ...rest: Rest): Promise<T> => {
    for (;;) {
      const result = await call({ ...owner, epoch: await epochOf(owner) }, ...rest);
      if (result !== null) return result; // else somebody took over in between
    }
  };

/** Acknowledges at once and sends, in order, in its own time, as one that waits for company. A failure shows at the next append. */
function hasty(producer: Producer, timer: Timer): Producer {
  let sending: Promise<unknown> = Promise.resolve();
  let failure: unknown;
  return {
    append: async (topic, partition, records) => {
      if (failure !== undefined) throw failure;
      const lingered = timer.wait(LINGER_MS, new AbortController().signal);
      sending = sending
        .then(() => lingered)
        .then(() => producer.append(topic, partition, records))
        .catch((error) => (failure ??= error));
      return 0;
    },
    close: () => sending.then(() => producer.close()),
  };
}

/** A customer once loaded or saved by this process stays as this process knows it. */
function remembering(store: CheckpointStore): CheckpointStore {
  const cache = new Map<string, StoredCustomer>();
  const nameOf = ({ task, partition }: PartitionId, key: string) => `${task}/${partition}/${key}`;
  const keep = (id: PartitionId, customers: readonly StoredCustomer[]) => {
    for (const customer of customers) cache.set(nameOf(id, customer.key), customer);
  };
  return replace(store, {
    load: async (owner, keys) => {
      const unknown = keys.filter((key) => !cache.has(nameOf(owner, key)));
      if (unknown.length > 0 || keys.length === 0) {
        const loaded = await store.load(owner, unknown);
        if (loaded === null) return null;
        keep(owner, loaded);
      }
      return keys.flatMap((key) => cache.get(nameOf(owner, key)) ?? []);
    },
    save: async (checkpoint, window) => {
      const wakeUps = await store.save(checkpoint, window);
      if (wakeUps !== null) keep(checkpoint, checkpoint.customers);
      return wakeUps;
    },
  });
}

/** `port` with some of its methods replaced. */
export const replace = <T extends object>(port: T, methods: Partial<T>): T =>
  new Proxy(port, {
    get(target, name) {
      const value = methods[name as keyof T] ?? target[name as keyof T];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
