// Reads what is to be learnt from, and names it by a hash over the events in the order they were read.
import { createHash } from 'node:crypto';

import { type BehaviorEvent } from '@holdfast/schemas';
import { type DataFacts, type History, HistoryBuilder } from '@holdfast/training';

/** Events in the order they became known; lines that are none, with the reason. */
export type EventSource = AsyncGenerator<{ readonly event: BehaviorEvent } | { readonly reason: string }>;

/** Histories, and facts for the report. */
export interface ReadHistory {
  readonly histories: readonly History[];
  readonly facts: DataFacts;
  /** Lines that were no events, by reason. */
  readonly passedOver: ReadonlyMap<string, number>;
}

/** Reads all events. Throws an `Error` with a plain sentence when there are none. */
export async function readHistory(
  name: string,
  source: AsyncIterable<{ readonly event: BehaviorEvent } | { readonly reason: string }>,
): Promise<ReadHistory> {
  const builder = new HistoryBuilder();
  const hash = createHash('sha256');
  const passedOver = new Map<string, number>();
  let [from, until] = [Infinity, -Infinity];
  for await (const line of source) {
    if ('reason' in line) {
      passedOver.set(line.reason, (passedOver.get(line.reason) ?? 0) + 1);
      continue;
    }
    const { event } = line;
    builder.add(event);
    hash.update(
      JSON.stringify([
        event.customer,
        event.type,
        event.occurredAt,
        event.receivedAt,
        event.amountMinor,
        event.orderId,
      ]),
    );
    from = Math.min(from, event.receivedAt);
    until = Math.max(until, event.receivedAt);
  }
  if (builder.events === 0) {
    const none = `There are no events in ${name}: nothing can be learnt from it.`;
    throw new Error([none, ...passedOverText(passedOver)].join(' '));
  }
  const histories = builder.build();
  const facts = { name, events: builder.events, customers: histories.length, from, until, hash: hash.digest('hex') };
  return { histories, facts, passedOver };
}

/** A sentence for each reason. */
export const passedOverText = (passedOver: ReadHistory['passedOver']): string[] =>
  [...passedOver].map(([reason, count]) => `${count} lines passed over: ${reason}.`);
