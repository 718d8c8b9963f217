// A shop's visitors from a seed: they come, look, buy, fall silent, and some come back. Segment calls, for ever.
import { seeded } from './random.js';

/** A Segment call. */
export type Call = Readonly<Record<string, unknown>> & { readonly messageId: string; readonly userId: string };

export interface TrafficOptions {
  readonly seed: number;
  /** How many customers are about at a time; default 300. */
  readonly visitors?: number;
  /** Events until the oldest of them falls silent and a new one comes; default 10. */
  readonly stay?: number;
  /** Share of events by customers who had fallen silent; default .05. */
  readonly returning?: number;
  /** Whose event the n-th is, in place of the above. */
  readonly customer?: (n: number, random: () => number) => string;
}

const EVENTS: readonly (readonly [name: string, below: number])[] = [
  ['Product Viewed', 0.6],
  ['Product Added', 0.75],
  ['Products Searched', 0.8],
  ['Order Completed', 1],
];

/** Calls with message ids that no other seed makes. The first one of a customer says where mail reaches them. */
export function* traffic(options: TrafficOptions): Generator<Call, never> {
  const { seed, visitors = 300, stay = 10, returning = 0.05 } = options;
  const random = seeded(seed);
  const known = new Set<string>();
  const comeAndGo = (n: number) => {
    const newest = Math.floor(n / stay);
    const age = random() < returning ? random() * newest : random() * visitors;
    return `customer-${Math.max(0, Math.floor(newest - age))}`;
  };
  const customerOf = options.customer ?? comeAndGo;
  for (let n = 0; ; n++) {
    const userId = customerOf(n, random);
    const head = { messageId: `chaos-${seed}-${n}`, userId };
    if (!known.has(userId)) {
      known.add(userId);
      yield { ...head, type: 'identify', traits: { email: `${userId}@shop.test` } };
    } else yield { ...head, type: 'track', ...happening(random, `${seed}-${n}`) };
  }
}

function happening(random: () => number, id: string) {
  const dice = random();
  const [event] = EVENTS.find(([, below]) => dice < below)!;
  const product = { product_id: `sku-${Math.floor(random() * 500)}`, category: `c${Math.floor(random() * 20)}` };
  const price = Math.round(random() * 10_000) / 100;
  return event === 'Order Completed'
    ? { event, properties: { order_id: `order-${id}`, revenue: price, currency: 'GBP' } }
    : { event, properties: { ...product, price, currency: 'GBP' } };
}
