// Who was drawn to be contacted or left alone, of the ledger of dispatch.
import { type DrawRow, listDraws, type Transaction } from '@holdfast/postgres';
import { customerKey, type Millis } from '@holdfast/schemas';
import { type DrawsOf } from '@holdfast/training';

/** All draws that could have to do with what customers did after an instant. */
export async function readDraws(database: Transaction, after: Millis): Promise<DrawsOf> {
  const byCustomer = new Map<string, DrawRow[]>();
  for (const draw of await listDraws(database, after)) {
    const key = customerKey(draw.shop, draw.customer);
    const own = byCustomer.get(key);
    if (own) own.push(draw);
    else byCustomer.set(key, [draw]);
  }
  return ({ shop, customer }) => byCustomer.get(customerKey(shop, customer)) ?? [];
}
