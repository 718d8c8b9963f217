// The stream side of the console: its two sinks.
import { observeStream, type ServiceContext } from '@holdfast/service';
import { type Resources, type Sink, StreamTransport } from '@holdfast/stream';

import { changes } from './changes.js';
import { featuresSink } from './features-sink.js';
import { riskSink } from './risk-sink.js';
import { type ConsoleSettings } from './settings.js';

/** Fills the read models from customer.features and customer.risk. */
export function consoleTransport(
  context: ServiceContext,
  resources: Resources,
  _settings: ConsoleSettings,
): StreamTransport {
  const changed = () => {
    for (const tell of changes(resources)) tell();
  };
  const transport = new StreamTransport({
    ...resources,
    sinks: [featuresSink(changed) as Sink<unknown>, riskSink(changed) as Sink<unknown>],
    // People look: half a second is soon enough, and a transaction then serves more records.
    settings: { sinkLingerMs: 500 },
    observer: observeStream(context),
  });
  context.health.add('stream', () => transport.readiness());
  return transport;
}
