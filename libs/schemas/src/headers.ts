// Names of record headers: what can be known of a record without decoding it.

/** Header names. All values are ASCII text. */
export const HEADERS = {
  /**
   * What the value is: the topic's schema, like `customer.risk/1`, or `tick/1`, `release/1`; a dead letter keeps that of its
   * record.
   */
  schema: 'schema',
  /**
   * Names the record, the same when it is written again: for what a sender sent its message id, in intervention.events decision
   * and type, for all that features and scoring write the source.
   */
  eventId: 'event-id',
  /**
   * Position of the record that caused this one, see source.ts: on what features and scoring write, and on dead letters. Not to
   * be confused with `source` in the envelope of customer.risk, which CloudEvents demands: who speaks, always
   * `/holdfast/scoring`.
   */
  source: 'source',
  /**
   * Place among the customer's records in customer.features and customer.risk, from 1, without gaps: scoring stops at a gap
   * rather than go on with a customer it does not know. 0 on ticks and releases that were passed on.
   */
  sequence: 'sequence',
  /** Reserved for W3C trace context; nothing writes it yet. */
  traceparent: 'traceparent',
  /** On dead letters: event-id of the record that could not be applied. On a record sent back: event-id of its dead letter. */
  replayOf: 'replay-of',
  /** On a record sent back: the stage it is for. The other readers of the topic leave it out, for they have had it before. */
  replayFor: 'replay-for',
  /** On dead letters: why. */
  error: 'error',
  /** On dead letters whose value had to be cut: how many bytes it had. */
  valueBytes: 'value-bytes',
} as const;
