import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { encodeArtifact } from '@holdfast/model';

import { anyArtifact } from './fold-task.fixture.js';
import { championOf, openModels } from './models.js';

const directory = mkdtempSync(join(tmpdir(), 'holdfast-models-'));
afterAll(() => rmSync(directory, { recursive: true }));

const bytes = encodeArtifact(anyArtifact());
const hash = createHash('sha256').update(bytes).digest('hex');

describe('model releases on disk', () => {
  it('are read by hash, once', () => {
    writeFileSync(join(directory, `${hash}.json`), bytes);
    const models = openModels(directory);
    const first = models.get(hash);
    rmSync(join(directory, `${hash}.json`));
    expect(models.get(hash)).toBe(first);
    expect(championOf(models, hash)).toBe(first);
  });

  it('are refused with a sentence when missing or changed', () => {
    const models = openModels(directory);
    expect(() => models.get(hash)).toThrow(/cannot be read: put the file back/);
    writeFileSync(join(directory, `${hash}.json`), Buffer.concat([bytes, Buffer.from(' ')]));
    expect(() => models.get(hash)).toThrow(/was changed/);
  });
});
