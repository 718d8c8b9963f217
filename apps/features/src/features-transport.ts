// The stream side of the service.
import { observeStream, type ServiceContext } from '@holdfast/service';
import { type Resources, StreamTransport, type Task } from '@holdfast/stream';
import { featuresTask } from '@holdfast/tasks';

import { type FeaturesSettings } from './settings.js';

/** Runs the features task; readiness shows under `stream`. */
export function featuresTransport(
  context: ServiceContext,
  resources: Resources,
  _settings: FeaturesSettings,
): StreamTransport {
  const transport = new StreamTransport({
    ...resources,
    tasks: [featuresTask as Task<unknown, unknown, unknown, unknown>],
    observer: observeStream(context),
  });
  context.health.add('stream', () => transport.readiness());
  return transport;
}
