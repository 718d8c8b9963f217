// The stream side of dispatch: its sink over customer.risk.
import { CUSTOMER_RISK } from '@holdfast/schemas';
import { observeStream, type ServiceContext } from '@holdfast/service';
import { type Resources, type Sink, StreamTransport } from '@holdfast/stream';

import { couponCode, couponKeyOf } from './coupon-code.js';
import { ledgerSink } from './ledger-sink.js';
import { type DispatchSettings, rulesOf } from './settings.js';
import { onCommitted, tellPartitions } from './stream-side.js';

/** Turns risk events into decisions. Throws `RangeError` when the settings make no sense. */
export function dispatchTransport(
  context: ServiceContext,
  resources: Resources,
  settings: DispatchSettings,
): StreamTransport {
  const sink = ledgerSink({
    rules: rulesOf(settings),
    voice: {
      shopName: settings.DISPATCH_SHOP_NAME,
      shopUrl: settings.DISPATCH_SHOP_URL,
      unsubscribeUrl: settings.DISPATCH_UNSUBSCRIBE_URL,
    },
    async installation(transaction) {
      const [partitions, key] = await Promise.all([
        resources.broker.partitions(CUSTOMER_RISK.name),
        couponKeyOf(transaction),
      ]);
      return { partitions, codeOf: (decisionId) => couponCode(key, decisionId) };
    },
    metrics: context.metrics,
    committed() {
      for (const tell of onCommitted(resources)) tell();
    },
  });
  const transport = new StreamTransport({
    ...resources,
    sinks: [sink as Sink<unknown>],
    observer: observeStream(context),
  });
  tellPartitions(resources, () => transport.workingOn(sink.name));
  context.health.add('stream', () => transport.readiness());
  return transport;
}
