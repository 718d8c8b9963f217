// The PostgreSQL servers that processes of ours have started in one folder: none may outlive its process for long.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export class PostgresServers {
  readonly #seen = new Set<number>();

  constructor(private readonly directory: string) {}

  /** Notes the server that is there now, if one is. */
  async note(): Promise<void> {
    const pid = await this.#current();
    if (pid !== null) this.#seen.add(pid);
  }

  /** Numbers of those that live although another one, or none, has the folder. */
  async orphans(): Promise<number[]> {
    const current = await this.#current();
    const others = [...this.#seen].filter((pid) => pid !== current);
    const alive = await Promise.all(others.map(isAlive));
    return others.filter((_, n) => alive[n]);
  }

  /** Resolves when none is left; rejects after `seconds`. */
  async gone(seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (;;) {
      const alive = await Promise.all([...this.#seen].map(isAlive));
      if (!alive.includes(true)) return;
      if (performance.now() > deadline)
        throw new Error(`PostgreSQL ${[...this.#seen].filter((_, n) => alive[n]).join(', ')} was still there after ${seconds} s.`); // prettier-ignore
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #current(): Promise<number | null> {
    const text = await readFile(join(this.directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = parseInt(text, 10);
    return pid > 0 ? pid : null;
  }
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // Dead and not yet collected, in a container without an init: gone.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}
