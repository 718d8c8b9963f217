// One service as a process of its own, watched by this one.
import { fork } from 'node:child_process';
import { join } from 'node:path';

import { repositoryRoot } from './repository.js';

export interface RunningService {
  readonly url: string;
  readonly pid: number;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
}

/** A service that ended by itself; its own message stands above. */
export class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';
}

/**
 * Starts `apps/<name>` and resolves once it listens. Standard error goes to ours. When this process dies, the service
 * notices that its channel is gone and stops too. A service that ends unasked later on stops this process.
 */
export async function startService(name: string, environment: NodeJS.ProcessEnv): Promise<RunningService> {
  const child = fork(join(repositoryRoot, 'apps', name, 'dist', 'main.js'), [], {
    env: environment,
    // Not in our process group: Ctrl-C reaches this process alone, which then stops the services in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let stopping = false;
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { listening?: string }) => message.listening && resolve(message.listening));
    void ended.then((code) =>
      reject(new ServiceEndedError(`The ${name} service did not start (exit code ${code}): see its message above.`)),
    );
  });
  void ended.then((code) => {
    if (stopping) return;
    process.stderr.write(`The ${name} service ended by itself (exit code ${code}): stopping everything.\n`);
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    url: url.replace('[::1]', 'localhost'),
    pid: child.pid!,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}
