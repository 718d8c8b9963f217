// Settings of ingest.
import { type Static, Type } from '@sinclair/typebox';

export const ingestSettings = Type.Object({
  INGEST_WRITE_KEYS: Type.String({
    description:
      'write keys of senders: key=shop, key=shop:import (may import history) or key=shop:replay (may also replay a data set); comma-separated',
  }),
  INGEST_CURRENCY: Type.String({
    default: 'GBP',
    pattern: '^[A-Z]{3}$',
    description: "the shop's base currency; amounts without a currency are in it",
  }),
  INGEST_RATES: Type.String({
    default: '',
    description: 'what other currencies are worth in the base currency: EUR=0.86,USD=0.79; unlisted ones count as 1',
  }),
  INGEST_TICK_MS: Type.Integer({ default: 500, minimum: 50, description: 'spacing of the ticks of live time' }),
  INGEST_CANARY: Type.Boolean({
    default: true,
    description: 'whether a made-up customer of each partition shows every minute that silence is still noticed',
  }),
  INGEST_MAX_IN_FLIGHT_BYTES: Type.Integer({
    default: 64 * 1024 * 1024,
    minimum: 1024 * 1024,
    description: 'bytes of requests under way, unpacked, above which new ones are answered with 429',
  }),
  INGEST_ACK_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 100,
    description: 'longest wait for the broker to acknowledge before the answer is 503',
  }),
});

export type IngestSettings = Static<typeof ingestSettings>;
