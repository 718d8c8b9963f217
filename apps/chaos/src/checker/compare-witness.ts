// Two readers of one log at rest must have read the same.
import { type Findings } from './findings.js';
import { type ReaderNotes } from './log-reader.js';

const NOTHING = { count: 0, hash: '' };

export function compareWitness(ours: ReaderNotes, theirs: ReaderNotes, findings: Findings): void {
  for (const place of new Set([...ours.keys(), ...theirs.keys()])) {
    const [our, their] = [ours.get(place) ?? NOTHING, theirs.get(place) ?? NOTHING];
    if (our.count !== their.count)
      findings.fault('readers', `${place}: we read ${our.count} records, Kafka's console consumer ${their.count}.`);
    else if (our.hash !== their.hash)
      findings.fault(
        'readers',
        `${place}: we and Kafka's console consumer read ${our.count} records each, but not the same.`,
      );
  }
}
