import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { record } from '../conformance.js';
import { GroupCommit } from './group-commit.js';
import { PartitionLog } from './partition-log.js';
import { recover } from './recovery.js';
import { Segments } from './segments.js';
import { SyncedEnd } from './synced-end.js';
import { TailCache } from './tail-cache.js';

describe('group commit', () => {
  it('leaves nothing of a group in the journal whose synced end could not be recorded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
    const segments = new Segments(join(folder, 'journal'), 64_000);
    try {
      const partition = () => new PartitionLog('t', 1, 0, { segments, cache: new TailCache(1_000_000) });
      const before = partition();
      const lost = new SyncedEnd(join(folder, 'synced'));
      lost.close(); // writing to it fails from here on
      await expect(new GroupCommit(segments, lost).append(before, [record('c', 'refused')])).rejects.toThrow();
      const synced = new SyncedEnd(join(folder, 'synced'));
      expect(await new GroupCommit(segments, synced).append(before, [record('c', 'taken')])).toBe(0);

      const after = partition();
      recover({ segments, recordedEnd: synced.read(), partitions: [after], log: () => {} });
      synced.close();
      expect(after.damage).toBeUndefined();
      expect(after.read(0).map(({ value }) => Buffer.from(value).toString())).toEqual(['taken']);
    } finally {
      segments.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
