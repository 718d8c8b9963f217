// The stream side of the service.
import { type RiskEvent } from '@holdfast/schemas';
import { observeStream, type ServiceContext } from '@holdfast/service';
import { type Resources, type Step, StreamTransport, type Task } from '@holdfast/stream';
import { createScoringTask, openModels, type ScoringTask } from '@holdfast/tasks';

import { modelsDirectory, type ScoringSettings } from './settings.js';

/** Runs the scoring task; readiness shows under `stream`. */
export function scoringTransport(
  context: ServiceContext,
  resources: Resources,
  settings: ScoringSettings,
): StreamTransport {
  const task = counted(createScoringTask(openModels(modelsDirectory(settings))), context);
  const transport = new StreamTransport({
    ...resources,
    tasks: [task as Task<unknown, unknown, unknown, unknown>],
    observer: observeStream(context),
  });
  context.health.add('stream', () => transport.readiness());
  return transport;
}

/** The same task, its risk events counted. What is done again after a crash is counted again. */
function counted(task: ScoringTask, { metrics }: ServiceContext): ScoringTask {
  const count = <S extends Step<unknown, unknown, RiskEvent>>(step: S): S => {
    for (const { type, data } of step.outputs) {
      if (!('tier' in data)) continue;
      // A forecast has no cause: nothing has come about yet.
      metrics.riskEventsTotal.inc({ type, tier: data.tier.to, cause: 'cause' in data ? data.cause : '' });
    }
    return step;
  };
  return {
    ...task,
    step: (...given) => count(task.step(...given)),
    stepLate: (...given) => count(task.stepLate!(...given)),
    wake: (...given) => count(task.wake!(...given)),
  };
}
