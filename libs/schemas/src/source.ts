// Where a record came from. Every record that a stage writes carries the position of the record that caused it; a reader skips
// what is not above the highest position it has applied, which makes re-emission after a crash harmless.

/** Position of a cause: offset in the causing log's partition, and the index of the output among those it caused. */
export interface Source {
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

/** Below 0 when `a` is before `b`, compared as numbers; both must be of one log and partition. */
export const compareSource = (a: Pick<Source, 'offset' | 'index'>, b: Pick<Source, 'offset' | 'index'>): number =>
  a.offset - b.offset || a.index - b.index;

/** The id of a record: its source, made fit for URLs and keys. Never random. */
export const idOfSource = (s: Source): string => `${s.logId}-${s.partition}-${s.offset}-${s.index}`;
