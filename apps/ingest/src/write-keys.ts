// Write keys: which shop a sender may write for. `key=shop:import` may also set record times; `key=shop:replay` may import, and
// move the time of a log that is replayed: time belongs to all shops of it.
import { createHash, timingSafeEqual } from 'node:crypto';

import { CANARY_SHOP, isCanary } from '@holdfast/schemas';

/** What a key allows. */
export interface WriteKey {
  readonly shop: string;
  readonly mayImport: boolean;
  readonly mayReplay: boolean;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The keys of a service. Looked up in constant time: how long it takes says nothing about how much of a key was right. */
export class WriteKeys {
  private constructor(private readonly entries: readonly (WriteKey & { readonly digest: Buffer })[]) {}

  /** Reads `key=shop[:import|:replay]`, comma-separated. Throws `RangeError` saying which part is wrong, without printing a key. */
  static parse(text: string): WriteKeys {
    const entries = text
      .split(/[,\s]+/)
      .filter(Boolean)
      .map((part, i) => {
        const match = /^([^=:]{8,200})=([^=:/]{1,100})(?::(import|replay))?$/.exec(part);
        if (!match)
          throw new RangeError(
            `INGEST_WRITE_KEYS: part ${i + 1} must look like key=shop, key=shop:import or key=shop:replay, with a key of 8 characters or more.`,
          );
        const may = match[3];
        if (isCanary(match[2]!))
          throw new RangeError(`INGEST_WRITE_KEYS: part ${i + 1}: the shop ${CANARY_SHOP} is Holdfast's own.`);
        return {
          digest: digest(match[1]!),
          shop: match[2]!,
          mayImport: may !== undefined,
          mayReplay: may === 'replay',
        };
      });
    if (entries.length === 0) throw new RangeError('INGEST_WRITE_KEYS must hold at least one key=shop.');
    return new WriteKeys(entries);
  }

  /** What this key allows; null: no such key. */
  find(key: string): WriteKey | null {
    const wanted = digest(key);
    let found: WriteKey | null = null;
    for (const entry of this.entries) if (timingSafeEqual(entry.digest, wanted)) found = entry;
    return found;
  }
}

/** The write key of a Basic authorization header: the user name; Segment SDKs leave the password empty. */
export function keyOfHeader(header: string | undefined): string | null {
  const match = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '');
  if (!match) return null;
  return Buffer.from(match[1]!, 'base64').toString('utf8').split(':', 1)[0] || null;
}
