import { describe, expect, it } from '@jest/globals';

import { Closing } from './closing.js';

describe('what has been opened', () => {
  it('is closed in the opposite order, each once, whoever asks meanwhile', async () => {
    const closing = new Closing();
    const closed: string[] = [];
    for (const name of ['folder', 'server', 'client'])
      closing.add(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        closed.push(name);
      });
    const first = closing.run();
    await closing.run(); // Ctrl-C and the end of a run at once
    expect(closed).toEqual(['client', 'server', 'folder']);
    await first;
  });

  it('is closed although something fails to close, which is told', async () => {
    const closing = new Closing();
    let isClosed = false;
    closing.add(async () => (isClosed = true));
    closing.add(() => Promise.reject(new Error('stuck')));
    await expect(closing.run()).rejects.toThrow('stuck');
    expect(isClosed).toBe(true);
    await closing.run();
  });
});
