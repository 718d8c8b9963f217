// Bytes that are no record at all, in the input of each stage. There is no mending them: sent back they fail again.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK, HEADERS, type Topic } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { type ListedLetter, listLetters, replayLetters } from '../arena/letters.js';
import { until } from '../arena/rest.js';
import { PLANTED } from '../evidence.js';
import { keyOf, partitionOfName } from '../load/names.js';
import { type PoisonedStage } from '../services/poison.js';

export const UNREADABLE = 'bytes that are no record';

const INPUTS: Readonly<Record<PoisonedStage, Topic<unknown>>> = {
  features: BEHAVIOR_EVENTS as Topic<unknown>,
  scoring: CUSTOMER_FEATURES as Topic<unknown>,
  dispatch: CUSTOMER_RISK as Topic<unknown>,
};
const STAGES = Object.keys(INPUTS) as PoisonedStage[];

/** To be called when no other letters are left. */
export async function unreadable(arena: Arena): Promise<void> {
  for (const stage of STAGES) await plant(arena, stage);
  const letters = await lettersBut(arena, []);
  arena.struck(UNREADABLE, letters.length);
  await replayLetters(arena);
  await lettersBut(arena, letters);
}

async function plant({ grounds, options }: Arena, stage: PoisonedStage): Promise<void> {
  const customer = `unreadable-${stage}`;
  const { name, schema } = INPUTS[stage];
  const record = {
    key: keyOf(customer),
    value: Buffer.from('{"'),
    headers: { [HEADERS.schema]: schema, [HEADERS.eventId]: customer, [PLANTED]: 'yes' },
    at: Date.now(),
  };
  const producer = await grounds.broker.producer();
  await producer.append(name, partitionOfName(customer, options.partitions), [record]);
  await producer.close();
}

/** Resolves when there is a letter of each stage, and none of the earlier ones. */
async function lettersBut(arena: Arena, earlier: readonly ListedLetter[]): Promise<ListedLetter[]> {
  let letters: ListedLetter[] = [];
  await until('letters of what nobody can read', async () => {
    letters = await listLetters(arena);
    const isNew = ({ id }: ListedLetter) => !earlier.some((each) => each.id === id);
    const isThere = STAGES.every((stage) => letters.some((each) => each.stage === stage && isNew(each)));
    return isThere && letters.length === STAGES.length ? null : `there are ${JSON.stringify(letters)}`;
  });
  return letters;
}
