// The settings that the services of a scenario run with.
import { type Grounds } from './grounds.js';
import { type ArenaOptions, type CommonOptions } from './options.js';

/** The key of our own senders; it may import. */
export const WRITE_KEY = 'chaos-key';

/** Everybody is contacted at once and as often as it takes: what guards would withhold could not be doubled. */
export const dispatchEnvironment = ({ receivers }: Pick<Grounds, 'receivers'>): Record<string, string> => ({
  SMTP_URL: receivers.smtpUrl,
  DISPATCH_WEBHOOK_URL: receivers.webhookUrl,
  DISPATCH_WEBHOOK_SECRET: receivers.webhookSecret,
  DISPATCH_LEASE_SECONDS: '15',
  DISPATCH_DEFAULT_CONSENT: 'true',
  DISPATCH_QUIET_FROM_HOUR: '0',
  DISPATCH_QUIET_UNTIL_HOUR: '0',
  DISPATCH_CAP_COUNT: '1000',
  DISPATCH_REST_DAYS: '0',
  DISPATCH_SILENCE_HOLD_SECONDS: '0', // there is no time to wait
  DISPATCH_BUDGET_MINOR: '1000000000',
  DISPATCH_CAPACITY: '1000000',
});

/** Of every service: where things are, and what the scenario wants. */
export const serviceEnvironment = (options: ArenaOptions, grounds: Grounds): Record<string, string> => ({
  KAFKA_BROKERS: brokersFor(grounds),
  KAFKA_CLIENT: options.client,
  MALLOC_ARENA_MAX: '2', // as in deploy/Dockerfile
  KAFKA_SESSION_TIMEOUT_MS: '6000',
  DATABASE_URL: databaseUrlFor(grounds),
  ...commonEnvironment(options, grounds),
});

/** The same where log and database are no settings. */
export const commonEnvironment = (
  { partitions, environment }: CommonOptions,
  grounds: Pick<Grounds, 'receivers' | 'modelsDirectory'>,
): Record<string, string> => ({
  PARTITIONS: String(partitions),
  LOG_LEVEL: 'warn',
  INGEST_WRITE_KEYS: `${WRITE_KEY}=main:import`,
  SCORING_MODELS_DIR: grounds.modelsDirectory,
  ...dispatchEnvironment(grounds),
  ...environment,
});

const brokersFor = ({ kafka, proxies }: Grounds): string =>
  proxies === null ? kafka.brokers : proxies.kafka.map(({ port }) => `127.0.0.1:${port}`).join(',');

function databaseUrlFor({ postgres, proxies }: Grounds): string {
  const url = new URL(postgres.url);
  if (proxies !== null) url.port = String(proxies.postgres.port);
  return url.href;
}
