// Names of record headers.

/** Header names. All values are ASCII text. */
export const HEADERS = {
  /** `customer.risk/1`: topic schema, or `tick/1`, `release/1`. */
  schema: 'schema',
  eventId: 'event-id',
  /** See source.ts. */
  source: 'source',
  /** Position among the customer's records in this topic, from 1, without gaps. */
  sequence: 'sequence',
  traceparent: 'traceparent',
  replayOf: 'replay-of',
  /** On dead letters: why. */
  error: 'error',
} as const;
