// What has been opened, closed again in the opposite order.

/** A stack of things to close. One that fails to close does not keep the others open. */
export class Closing {
  #actions: (() => Promise<unknown>)[] = [];

  add(action: () => Promise<unknown>): void {
    this.#actions.push(action);
  }

  /** Closes everything; a second call finds nothing left. Throws the first failure after all have been tried. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let action = this.#actions.pop(); action; action = this.#actions.pop()) {
      await action().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
