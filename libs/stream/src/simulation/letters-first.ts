// After a dead letter nothing may be published before a checkpoint that knows of it: a mended program would not fail there, and
// would number what follows differently. A program that stays the same does not show whether that is kept, so it is looked up.
import { type BrokerRecord } from '@holdfast/broker';
import { parseSource } from '@holdfast/schemas';

import { type Log } from './simulated-broker.js';

/** A sentence about the first output that came too early, or null. `letters` in order. */
export function overtakenLetter({ records, authors }: Log, letters: readonly BrokerRecord[]): string | null {
  const places = letters.map(({ headers }) => parseSource(headers['source']!));
  for (const { headers, offset } of records) {
    const source = headers['source']!;
    const cause = parseSource(source);
    const letter = places.findLast((place) => place.offset < cause.offset);
    const saved = authors[offset]!.saved;
    if (!letter || saved.position > letter.offset) continue;
    if (saved.position < letter.offset || saved.letters <= letter.index) {
      return `outputs: ${source} was published before the dead letter ${letter.offset}.${letter.index} was in a checkpoint`;
    }
  }
  return null;
}
