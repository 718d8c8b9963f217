// What has been opened, closed again in the opposite order.

/** A stack of things to close. One that fails to close does not keep the others open. */
export class Closing {
  #actions: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | undefined;

  add(action: () => Promise<unknown>): void {
    this.#actions.push(action);
  }

  /**
   * Closes everything, one after the other; a second call waits for the first, and later ones find nothing left. Throws the first
   * failure after all have been tried.
   */
  run(): Promise<void> {
    return (this.#running ??= this.#closeAll().finally(() => (this.#running = undefined)));
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let action = this.#actions.pop(); action; action = this.#actions.pop()) {
      await action().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
