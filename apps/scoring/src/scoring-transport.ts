// The stream side of the service.
import { type RiskEvent } from '@holdfast/schemas';
import { observeStream, type ServiceContext } from '@holdfast/service';
import { type Resources, type Step, StreamTransport, type Task } from '@holdfast/stream';
import { createScoringTask, openModels, type ScoringTask } from '@holdfast/tasks';

import { CanaryWatch } from './canary-watch.js';
import { modelsDirectory, type ScoringSettings } from './settings.js';

/** Runs the scoring task; readiness shows under `stream`. */
export function scoringTransport(
  context: ServiceContext,
  resources: Resources,
  settings: ScoringSettings,
): StreamTransport {
  const canaries = new CanaryWatch(context.metrics);
  const observer = observeStream(context);
  const task = heard(createScoringTask(openModels(modelsDirectory(settings))), (event) => {
    canaries.hear(event);
    count(event, context);
  });
  const transport = new StreamTransport({
    ...resources,
    tasks: [task as Task<unknown, unknown, unknown, unknown>],
    observer: {
      ...observer,
      owned(stage, partitions) {
        observer.owned(stage, partitions);
        canaries.own(partitions);
      },
    },
  });
  context.health.add('stream', () => transport.readiness());
  return transport;
}

/** The same task; what it says is listened to. What is done again after a crash is heard again. */
function heard(task: ScoringTask, hear: (event: RiskEvent) => void): ScoringTask {
  const listen = <S extends Step<unknown, unknown, RiskEvent>>(step: S): S => {
    step.outputs.forEach(hear);
    return step;
  };
  return {
    ...task,
    step: (...given) => listen(task.step(...given)),
    stepLate: (...given) => listen(task.stepLate!(...given)),
    wake: (...given) => listen(task.wake!(...given)),
  };
}

function count({ type, data }: RiskEvent, { metrics }: ServiceContext): void {
  if (!('tier' in data)) return;
  // A forecast has no cause: nothing has come about yet.
  metrics.riskEventsTotal.inc({ type, tier: data.tier.to, cause: 'cause' in data ? data.cause : '' });
}
