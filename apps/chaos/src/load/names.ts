// Names of customers who are not in some partition.
import { customerKey, partitionOf } from '@holdfast/schemas';

/** The shop of all customers, as the write key has it. */
const SHOP = 'main';

/** The partition of one who is called so. */
export const partitionOfName = (name: string, partitions: number): number =>
  partitionOf(customerKey(SHOP, name), partitions);

/** `name`, or the first of `name-1`, `name-2`, … that is in another partition. */
export function nameOutside(partition: number, partitions: number, name: string): string {
  for (let n = 0; ; n++) {
    const candidate = n === 0 ? name : `${name}-${n}`;
    if (partitionOfName(candidate, partitions) !== partition) return candidate;
  }
}
