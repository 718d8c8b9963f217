// Every metric of Holdfast, in one list. Names: holdfast_<area>_<what>[_<unit>][_total]; no ids or free text in labels.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600];

/** Makes the metrics of one service in a registry of its own, so that several services fit in one process. */
export function createMetrics(service: string, options: { readonly process: boolean } = { process: true }) {
  const register = new Registry();
  register.setDefaultLabels({ service });
  if (options.process) collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 100 });
  const registers = [register];
  return {
    register,
    eventAgeSeconds: new Histogram({
      name: 'holdfast_pipeline_event_age_seconds',
      help: 'Now minus receivedAt when a stage has applied a live record.',
      labelNames: ['stage'],
      buckets: SECONDS,
      registers,
    }),
    silenceLagSeconds: new Histogram({
      name: 'holdfast_silence_lag_seconds',
      help: 'Instant at which a crossing by silence was fired, minus the instant at which it became true.',
      buckets: SECONDS,
      registers,
    }),
    silenceCanaryAt: new Gauge({
      name: 'holdfast_silence_canary_at_seconds',
      help: "When a partition's canary last crossed by silence, as it must every minute, seconds since 1970.",
      labelNames: ['partition'],
      registers,
    }),
    recordsTotal: new Counter({
      name: 'holdfast_stream_records_total',
      help: 'Records by what became of them: applied, duplicate, dead-letter.',
      labelNames: ['stage', 'outcome'],
      registers,
    }),
    notedTotal: new Counter({
      name: 'holdfast_stream_noted_total',
      help: 'Records of which a stage says something: of features `late`, put in its place among what was known, and `too-late`, only counted.',
      labelNames: ['stage', 'what'],
      registers,
    }),
    checkpointSeconds: new Histogram({
      name: 'holdfast_stream_checkpoint_seconds',
      help: 'Duration of a checkpoint, from the barrier to the commit.',
      labelNames: ['stage'],
      buckets: SECONDS,
      registers,
    }),
    deadLettersTotal: new Counter({
      name: 'holdfast_stream_dead_letters_total',
      help: 'Records and wake-ups that could not be applied.',
      labelNames: ['stage'],
      registers,
    }),
    streamTimeSeconds: new Gauge({
      name: 'holdfast_stream_time_seconds',
      help: 'What time it is in a partition of a stage: its largest tick, seconds since 1970.',
      labelNames: ['stage', 'partition'],
      registers,
    }),
    partitionsOwned: new Gauge({
      name: 'holdfast_stream_partitions_owned',
      help: 'Partitions this process works on.',
      labelNames: ['stage'],
      registers,
    }),
    ingestEventsTotal: new Counter({
      name: 'holdfast_ingest_events_total',
      help: 'Events taken in, by outcome (accepted, rejected) and reason.',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    riskEventsTotal: new Counter({
      name: 'holdfast_scoring_risk_events_total',
      help: 'Risk events by type, tier and cause.',
      labelNames: ['type', 'tier', 'cause'],
      registers,
    }),
    decisionsTotal: new Counter({
      name: 'holdfast_dispatch_decisions_total',
      help: 'Decisions by playbook and arm.',
      labelNames: ['playbook', 'arm'],
      registers,
    }),
    modelObservedOverExpected: new Gauge({
      name: 'holdfast_model_observed_over_expected',
      help: 'Customers who bought within the horizon, by what the release expected, of the newest cohort that is known.',
      labelNames: ['release'],
      registers,
    }),
    modelLogloss: new Gauge({
      name: 'holdfast_model_logloss',
      help: 'Log-loss of the release on the newest cohort that is known.',
      labelNames: ['release'],
      registers,
    }),
    modelEce: new Gauge({
      name: 'holdfast_model_ece',
      help: 'Expected calibration error of the release on the newest cohort that is known, 0..1.',
      labelNames: ['release'],
      registers,
    }),
    modelDrift: new Gauge({
      name: 'holdfast_model_risk_stability_index',
      help: 'Population stability index of risks from the newest cohort that is known to today.',
      labelNames: ['release'],
      registers,
    }),
    modelSigns: new Gauge({
      name: 'holdfast_model_training_signs',
      help: 'Signs that a training on newer events is due.',
      labelNames: ['release'],
      registers,
    }),
    modelLookedAt: new Gauge({
      name: 'holdfast_model_looked_at_seconds',
      help: 'When upkeep last looked at the release, seconds since 1970.',
      labelNames: ['release'],
      registers,
    }),
    sendsTotal: new Counter({
      name: 'holdfast_dispatch_sends_total',
      help: 'Messages by channel and outcome.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
  };
}

/** All metrics of one service and their registry. */
export type Metrics = ReturnType<typeof createMetrics>;
