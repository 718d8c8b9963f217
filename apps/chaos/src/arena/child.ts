// One process. It can be struck in every way a machine can strike it, and started again.
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

import { setPlace } from './priority.js';

/** How long a new process goes before all others, and how far: on few cores it would come to its feet after ten seconds, not two. */
const HURRY = { ms: 5_000, priority: -15 };

/** For the last words of a process to arrive. */
const LAST_WORDS_MS = 1_000;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
  /** Read anew at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Standard error, line by line. */
  readonly onLine: (line: string) => void;
  /** What the process says of itself over its channel. */
  readonly onMessage?: ((message: unknown) => void) | undefined;
  /** It has ended and nobody asked it to, or killed it. */
  readonly onUnexpectedEnd: (ending: Ending) => void;
}

/** How a service and the standalone say where they listen. */
interface Hello {
  readonly listening?: string;
  readonly running?: { readonly ingest: string };
}

export class Child {
  readonly name: string;
  #child: ChildProcess | undefined;
  #ended: Promise<Ending> = Promise.resolve({ code: 0, signal: null });
  #isExpectedToEnd = true;
  #isOver = false;
  #url = '';

  constructor(private readonly how: ChildOptions) {
    this.name = how.name;
  }

  /** Where it listens; empty while it is starting. */
  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How the process of the last start ended. */
  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Resolves once it listens. Rejects when it ends before, with its last words, and after {@link destroy}. */
  async start(): Promise<void> {
    if (this.#isOver) throw new Error(`${this.name} is not started again: everything is being ended.`);
    const { program, args = [], environment, onLine, onMessage, onUnexpectedEnd } = this.how;
    this.#url = '';
    const child = fork(program, args, {
      env: { ...process.env, ...environment(), HTTP_PORT: '0' },
      detached: true, // Ctrl-C reaches us alone, who then stop it
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#isExpectedToEnd = false;
    hurry(child);
    let last = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((part) => part !== '')) onLine((last = line));
    });
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const closed = new Promise((resolve) => child.once('close', resolve)); // or when a child of its own has its standard error
    void this.#ended.then(async (ending) => {
      if (this.#child !== child || this.#isExpectedToEnd) return;
      await Promise.race([closed, pause(LAST_WORDS_MS)]);
      onUnexpectedEnd(ending);
    });
    this.#url = await new Promise<string>((resolve, reject) => {
      child.on('message', (message: Hello) => {
        const url = message.listening ?? message.running?.ingest;
        if (url !== undefined) resolve(url);
        else onMessage?.(message);
      });
      void this.#ended.then(({ code, signal }) =>
        reject(new Error(`${this.name} ended while starting (${signal ?? `exit code ${code}`}): ${last}`)),
      );
    });
  }

  /** Tells the process something over its channel. */
  tell(message: object): void {
    this.#child?.send(message, () => undefined);
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isExpectedToEnd = true;
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** From now on it is not started again. */
  retire(): void {
    this.#isOver = true;
  }

  /** SIGKILL, for good. */
  async destroy(): Promise<void> {
    this.retire();
    await this.kill();
  }

  /** It is about to kill itself: that is no fault. */
  expectEnd(isExpected = true): void {
    this.#isExpectedToEnd = isExpected;
  }

  /** SIGSTOP: it still holds its connections and believes in them. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** SIGTERM. Resolves to how it ended. */
  async stop(): Promise<Ending> {
    this.#isExpectedToEnd = true;
    if (this.isRunning) {
      this.thaw();
      this.#child!.kill('SIGTERM');
    }
    return this.#ended;
  }
}

function hurry(child: ChildProcess): void {
  setPlace(child.pid!, HURRY.priority);
  setTimeout(() => {
    if (child.exitCode === null && child.signalCode === null) setPlace(child.pid!, 0);
  }, HURRY.ms).unref();
}
