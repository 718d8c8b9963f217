import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, it } from '@jest/globals';

import { Installation } from './installation.js';

const folder = join(tmpdir(), `holdfast-chaos-never-${process.pid}`);
const installation = new Installation({ folder, environment: () => ({}), onLine: () => undefined, faults: [] });
afterEach(async () => {
  await installation.kill(); // there is nothing to kill unless the test fails
  await rm(folder, { recursive: true, force: true });
});

it('is not started again once everything is being ended, and leaves no folder', async () => {
  await installation.destroy();
  const started = installation.start();
  await expect(started).rejects.toThrow('everything is being ended');
  expect(existsSync(folder)).toBe(false);
});
