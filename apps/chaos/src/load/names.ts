// Names of customers who are in some partition, or not.
import { customerKey, partitionOf } from '@holdfast/schemas';

/** The shop of all customers, as the write key has it. */
const SHOP = 'main';

/** The key of one who is called so. */
export const keyOf = (name: string): string => customerKey(SHOP, name);

/** The partition of one who is called so. */
export const partitionOfName = (name: string, partitions: number): number => partitionOf(keyOf(name), partitions);

/** `name`, or the first of `name-1`, `name-2`, … that is in another partition. */
export const nameOutside = (partition: number, partitions: number, name: string): string =>
  first(name, (candidate) => partitionOfName(candidate, partitions) !== partition);

/** The same that is in this partition. */
export const nameInside = (partition: number, partitions: number, name: string): string =>
  first(name, (candidate) => partitionOfName(candidate, partitions) === partition);

function first(name: string, isFitting: (candidate: string) => boolean): string {
  for (let n = 0; ; n++) {
    const candidate = n === 0 ? name : `${name}-${n}`;
    if (isFitting(candidate)) return candidate;
  }
}
