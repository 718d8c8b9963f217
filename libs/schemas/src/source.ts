// The position of a record's cause. What features and scoring write carries the position of the record that caused it: the
// event, or for a wake-up the tick or event that fired it. A reader skips what is not above the highest position it has
// applied, so it does no harm that a stage, after a crash, writes once more what it had written since its checkpoint.

/**
 * Position of a cause in the topic before, and the index of this output among all that it caused. Compared by offset, then
 * index.
 */
export interface Source {
  /** Of the topic before; made with it, so that a topic made anew is noticed. */
  readonly logId: string;
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

/** `<log id>/<partition>/<offset>.<index>` */
export const formatSource = (s: Source): string => `${s.logId}/${s.partition}/${s.offset}.${s.index}`;

/** Reads what {@link formatSource} wrote. Throws `RangeError` on anything else. */
export function parseSource(text: string): Source {
  const match = /^([^/]+)\/(\d+)\/(\d+)\.(\d+)$/.exec(text);
  if (!match) throw new RangeError(`not a source position: ${JSON.stringify(text)}`);
  return { logId: match[1]!, partition: Number(match[2]), offset: Number(match[3]), index: Number(match[4]) };
}
