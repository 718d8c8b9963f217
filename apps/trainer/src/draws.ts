// Who was drawn to be contacted or left alone, of the ledger of dispatch.
import { type DrawRow, listDraws, type Transaction } from '@holdfast/postgres';
import { customerKey } from '@holdfast/schemas';
import { type DrawsOf, type History } from '@holdfast/training';

export interface Draws {
  readonly drawsOf: DrawsOf;
  /** Some were contacted, but nobody whose history is known: these data are of another shop. */
  readonly isElsewhere: boolean;
}

export async function readDraws(database: Transaction, histories: readonly History[]): Promise<Draws> {
  const byCustomer = new Map<string, DrawRow[]>();
  for (const draw of await listDraws(database)) {
    const key = customerKey(draw.shop, draw.customer);
    const own = byCustomer.get(key);
    if (own) own.push(draw);
    else byCustomer.set(key, [draw]);
  }
  const drawsOf: DrawsOf = ({ shop, customer }) => byCustomer.get(customerKey(shop, customer)) ?? [];
  return { drawsOf, isElsewhere: byCustomer.size > 0 && histories.every((history) => drawsOf(history).length === 0) };
}
