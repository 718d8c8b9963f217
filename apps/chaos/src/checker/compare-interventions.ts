// intervention.events, delivered at least once: without repetitions it is what the undisturbed ledger would tell, in its order, and
// one event for each message that has left or will not.
import { type StoredRecord } from '@holdfast/broker';
import { HEADERS, INTERVENTION_EVENTS } from '@holdfast/schemas';

import { type Findings } from './findings.js';
import { type MessageRow, type OutboxEvent } from './ledger-tables.js';
import { hashOf, nameOf } from './published-reader.js';

const TOPIC = INTERVENTION_EVENTS.name;

/** Of one partition. */
interface Sides {
  /** Everything that was published. */
  readonly published: readonly StoredRecord[];
  /** What the undisturbed ledger has to tell, in order. */
  readonly undisturbed: readonly OutboxEvent[];
  /** As they have turned out: sending is up to the wall clock. */
  readonly messages: readonly MessageRow[];
  readonly partition: number;
}

export function compareInterventions({ published, undisturbed, messages, partition }: Sides, findings: Findings): void {
  const name = (record: StoredRecord) => nameOf(TOPIC, partition, record);
  const first = withoutRepetitions(published, findings, name);
  const places = new Map(first.map(({ headers }, place) => [headers[HEADERS.eventId] ?? '', place]));
  const unexplained = new Set(places.keys());
  /** The record of an event that has happened. */
  const find = (eventId: string): StoredRecord | undefined => {
    unexplained.delete(eventId);
    const place = places.get(eventId);
    if (place === undefined) findings.lose(TOPIC, `${TOPIC} ${eventId} (partition ${partition}) was never published.`);
    return place === undefined ? undefined : first[place];
  };

  let last = -1;
  for (const { eventId, key, at, value } of undisturbed) {
    const record = find(eventId);
    if (!record) continue;
    if (record.key !== key || record.at !== at || Buffer.compare(record.value, value) !== 0)
      findings.fault(TOPIC, `${name(record)} differs from the undisturbed one.`);
    const place = places.get(eventId)!;
    if (place < last) findings.fault(TOPIC, `${name(record)} was published after what it comes before.`);
    last = Math.max(last, place);
  }

  for (const { decisionId, state, sentAt, channel } of messages) {
    if (!['sent', 'failed', 'cancelled'].includes(state)) continue;
    const record = find(`${decisionId}-${state}`);
    if (!record) continue;
    const event = INTERVENTION_EVENTS.decode(record.value);
    if (event.type !== state || event.channel !== channel || (sentAt !== null && event.at !== sentAt))
      findings.fault(TOPIC, `${name(record)} says something else than the message it is about.`);
    if (places.get(`${decisionId}-${state}`)! < (places.get(`${decisionId}-assigned`) ?? Infinity))
      findings.fault(TOPIC, `${name(record)} comes before its decision.`);
  }
  for (const eventId of unexplained)
    findings.double(TOPIC, `${name(first[places.get(eventId)!]!)} would not exist: nothing of the kind has happened.`);
}

/** The first record of each event id. What comes again must be the same. */
function withoutRepetitions(
  published: readonly StoredRecord[],
  findings: Findings,
  name: (record: StoredRecord) => string,
): StoredRecord[] {
  const hashes = new Map<string, string>();
  return published.filter((record) => {
    const id = record.headers[HEADERS.eventId] ?? '';
    const hash = hashOf(record);
    const earlier = hashes.get(id);
    if (earlier === undefined) hashes.set(id, hash);
    else findings.repeated += 1;
    if (earlier !== undefined && earlier !== hash)
      findings.fault(TOPIC, `${name(record)} was published again as something else.`);
    return earlier === undefined;
  });
}
