// Settings: one TypeBox schema per app, read once from the environment, all faults reported at once. The only place that
// a service's settings come from.
import { Kind, type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** Settings that every service has. */
export const serviceSettings = Type.Object({
  HTTP_HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
  HTTP_PORT: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65_535,
    description: 'port to listen on; 0: any free one',
  }),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'least severity that is logged' },
  ),
});

/** Settings of services that use the log and the database. */
export const infrastructureSettings = Type.Object({
  KAFKA_BROKERS: Type.String({ default: '127.0.0.1:9092', description: 'host:port, comma-separated' }),
  KAFKA_CLIENT: Type.Union([Type.Literal('platformatic'), Type.Literal('kafkajs')], {
    default: 'platformatic',
    description: 'which client library speaks to Kafka',
  }),
  KAFKA_SESSION_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 1_000,
    maximum: 60_000,
    description: 'a process that shows no sign of life for so long loses its partitions to the others',
  }),
  PARTITIONS: Type.Integer({
    default: 12,
    minimum: 1,
    description: 'partitions of every topic, fixed when they are made',
  }),
  DATABASE_URL: Type.String({
    default: 'postgresql://postgres@127.0.0.1:5432/holdfast',
    description: 'PostgreSQL connection',
  }),
});

const { KAFKA_CLIENT, DATABASE_URL } = infrastructureSettings.properties;

/** Settings of commands that work on the log and the database of the services. */
export const placeSettings = Type.Object({
  KAFKA_BROKERS: Type.Optional(
    Type.String({ description: 'host:port, comma-separated; not set: the log of `npm start`' }),
  ),
  KAFKA_CLIENT,
  DATABASE_URL,
});

/** Settings that do not fit. The message names every fault, one a line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads settings from `environment`, fills in defaults, throws {@link SettingsError}. Empty texts count as absent. */
export function readSettings<S extends TObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): Static<S> {
  const given: Record<string, unknown> = {};
  for (const [name, property] of Object.entries<TSchema>(schema.properties)) {
    const text = environment[name];
    if (text === undefined || text === '') {
      if (property.default !== undefined) given[name] = property.default;
    } else {
      given[name] = property[Kind] === 'String' ? text : Value.Convert(property, text);
    }
  }
  if (Value.Check(schema, given)) return given;
  const faults = [...Value.Errors(schema, given)].map((fault) => {
    const name = fault.path.slice(1);
    return name in given ? `${name}: ${fault.message}, got ${shown(name, given[name])}` : `${name}: must be set`;
  });
  throw new SettingsError(`These settings do not fit:\n  ${[...new Set(faults)].join('\n  ')}`);
}

/** True for settings whose value must never be printed. */
export const isSecret = (name: string): boolean => /_(KEY|KEYS|SECRET|TOKEN)$/.test(name);

const shown = (name: string, value: unknown): string => (isSecret(name) ? '(not shown)' : JSON.stringify(value));
