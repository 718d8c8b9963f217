// Categories are an open vocabulary: they are hashed into 63 buckets whose embedding the network learns. Bucket 0: none.
import { murmur2 } from '@holdfast/schemas';

export const CATEGORY_BUCKETS = 64;

const utf8 = new TextEncoder();

/** 1..63 for a category name, case and surrounding space ignored; 0 for none. */
export function categoryBucket(category: string | undefined): number {
  const name = category?.trim().toLowerCase();
  if (!name) return 0;
  return 1 + ((murmur2(utf8.encode(name)) & 0x7fffffff) % (CATEGORY_BUCKETS - 1));
}
