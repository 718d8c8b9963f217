// Sends letters back to the input of their stage. That each counts once is the stage's doing: it notes a letter in the transaction
// that holds its effect. What is left out here for being known already saves only work.
import { type Broker, type BrokerRecord, PermanentError, type Producer, scan } from '@holdfast/broker';
import { HEADERS } from '@holdfast/schemas';

import { type Letter, placeOf } from './letters.js';
import { objectionTo } from './objection.js';
import { INPUTS } from './stages.js';
import { type Place, standingOf } from './standing.js';

/** What became of one letter. */
export type Outcome =
  | { readonly id: string; readonly outcome: 'sent-back' | 'on-its-way' | 'taken-in' }
  | { readonly id: string; readonly outcome: 'refused'; readonly reason: string };

const TOO_LONG =
  'With the name of its letter it is too long for the log: have it sent again, in parts or with less in it.';

/** Sends back those of `letters` that are open, in their order. Safe to repeat, and to do twice at once. */
export async function* replay(place: Place, letters: readonly Letter[]): AsyncGenerator<Outcome> {
  const standing = await standingOf(place, letters);
  let producer: Producer | undefined;
  try {
    for (const letter of letters) {
      const { id } = letter;
      const known = standing.get(id)!;
      if (known !== 'open') {
        yield { id, outcome: known };
        continue;
      }
      const record = (await objectionTo(letter, place.broker)) ?? (await recordOf(letter, place.broker));
      if (typeof record === 'string') {
        yield { id, outcome: 'refused', reason: record };
        continue;
      }
      producer ??= await place.broker.producer();
      try {
        await producer.append(INPUTS[letter.stage], letter.partition, [record]);
      } catch (error) {
        if (!(error instanceof PermanentError) || error.code !== 'record-too-large') throw error;
        // A producer that has refused one record takes no others.
        await producer.close();
        producer = undefined;
        yield { id, outcome: 'refused', reason: TOO_LONG };
        continue;
      }
      yield { id, outcome: 'sent-back' };
    }
  } finally {
    await producer?.close();
  }
}

/** The record as it was, on its way to its stage alone; or why there is none. */
async function recordOf(letter: Letter, broker: Broker): Promise<BrokerRecord | string> {
  const { key, headers, at } = letter.record;
  const value = headers[HEADERS.valueBytes] === undefined ? letter.record.value : await wholeValue(letter, broker);
  if (value === null) {
    return `Its record was too long to be kept whole, and has left ${INPUTS[letter.stage]} by now: have it sent again.`;
  }
  const { [HEADERS.schema]: schema, [HEADERS.replayOf]: eventId, [HEADERS.sequence]: sequence } = headers;
  return {
    key,
    value,
    headers: {
      ...(schema ? { [HEADERS.schema]: schema } : {}),
      ...(eventId === undefined ? {} : { [HEADERS.eventId]: eventId }),
      ...(sequence === undefined ? {} : { [HEADERS.sequence]: sequence }),
      [HEADERS.replayOf]: letter.eventId,
      [HEADERS.replayFor]: letter.stage,
    },
    at,
  };
}

/** A letter's value may have been cut; its record's was not. */
async function wholeValue(letter: Letter, broker: Broker): Promise<Uint8Array | null> {
  const { offset, ...place } = placeOf(letter);
  const { start, end } = (await broker.bounds(place.topic))[place.partition]!;
  if (offset < start || offset >= end) return null;
  for await (const record of scan(broker, place, { start: offset, end: offset + 1 })) return record.value;
  return null;
}
