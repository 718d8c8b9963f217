// A seeded generator of shop traffic and a sender that posts it, as fast as answers come or at a given rate.

/** mulberry32: a small seeded generator, uniform in [0, 1). */
export function seeded(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const KINDS = [
  ['Product Viewed', 0.7],
  ['Product Added', 0.85],
  ['Products Searched', 0.9],
  ['Order Completed', 1],
];

/** Segment calls of `customers` customers, one after another, for ever. */
export function* traffic({ seed, customers }) {
  const random = seeded(seed);
  for (let n = 0; ; n++) {
    const dice = random();
    const [event] = KINDS.find(([, below]) => dice < below);
    const sku = `sku-${Math.floor(random() * 500)}`;
    yield {
      type: 'track',
      messageId: `bench-${seed}-${n}`,
      userId: `customer-${Math.floor(random() * customers)}`,
      event,
      properties:
        event === 'Order Completed'
          ? { order_id: `order-${seed}-${n}`, revenue: Math.round(random() * 10_000) / 100, currency: 'GBP' }
          : { product_id: sku, price: 9.99, currency: 'GBP', category: `c${Math.floor(random() * 20)}` },
    };
  }
}

/** Posts `count` events in batches; `perSecond` bounds the rate. Resolves to how many were accepted and purchased. */
export async function send(source, { url, writeKey, count, batch = 100, perSecond = Infinity, inFlight = 4 }) {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const started = performance.now();
  let sent = 0;
  let purchases = 0;
  const worker = async () => {
    while (sent < count) {
      const events = [];
      for (let i = 0; i < batch && sent < count; i++, sent++) events.push(source.next().value);
      const due = started + (sent / perSecond) * 1_000;
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      purchases += events.filter(({ event }) => event === 'Order Completed').length;
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: events }),
      });
      if (response.status === 429 || response.status === 503) throw new Error(`ingest answered ${response.status}`);
      if (!response.ok) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { sent, purchases, seconds: (performance.now() - started) / 1_000 };
}
