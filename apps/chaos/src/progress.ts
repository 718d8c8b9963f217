// What goes on at this moment: one line that is written over on a terminal, a line each elsewhere.

export class Progress {
  readonly #started = performance.now();

  constructor(private readonly title: string) {}

  say(text: string): void {
    const seconds = Math.round((performance.now() - this.#started) / 1_000);
    const line = `${this.title}, ${seconds} s: ${text}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else process.stderr.write(`${line}\n`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
