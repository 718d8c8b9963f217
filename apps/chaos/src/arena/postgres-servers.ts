// The PostgreSQL servers that processes of ours have started in one folder: none may outlive its process for long.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Numbers are given again: it is the same process only if it started in the same tick of the system's clock. */
interface Server {
  readonly pid: number;
  readonly started: string;
}

export class PostgresServers {
  readonly #seen = new Map<number, Server>();

  constructor(private readonly directory: string) {}

  /** Notes the server that is there now, if one is. */
  async note(): Promise<void> {
    const pid = await this.#current();
    const started = pid === null ? null : await startOf(pid);
    if (pid !== null && started !== null) this.#seen.set(pid, { pid, started });
  }

  /** Numbers of those that live although another one, or none, has the folder. */
  async orphans(): Promise<number[]> {
    const current = await this.#current();
    return (await this.#alive()).filter((pid) => pid !== current);
  }

  /** Resolves when none is left; rejects after `seconds`. */
  async gone(seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (;;) {
      const alive = await this.#alive();
      if (alive.length === 0) return;
      if (performance.now() > deadline)
        throw new Error(`PostgreSQL ${alive.join(', ')} was still there after ${seconds} s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #alive(): Promise<number[]> {
    const servers = [...this.#seen.values()];
    const starts = await Promise.all(servers.map(({ pid }) => startOf(pid)));
    return servers.filter(({ started }, n) => starts[n] === started).map(({ pid }) => pid);
  }

  async #current(): Promise<number | null> {
    const text = await readFile(join(this.directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = parseInt(text, 10);
    return pid > 0 ? pid : null;
  }
}

/** When a process started, in ticks since the system did (man 5 proc); '' where there is no /proc; null when it has ended. */
async function startOf(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Dead and not yet collected, in a container without an init: gone.
  return state === 'Z' ? null : (rest[18] ?? '');
}
