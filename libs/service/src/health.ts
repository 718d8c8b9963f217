// Readiness: named checks, each of which resolves when its part can do its work and otherwise rejects with a sentence.

/** The checks of one service. */
export class Health {
  readonly #checks = new Map<string, () => Promise<void>>();

  /** Adds a check. The message of its rejection is what `/readyz` shows. */
  add(name: string, check: () => Promise<void>): void {
    if (this.#checks.has(name)) throw new RangeError(`health check ${name} exists already`);
    this.#checks.set(name, check);
  }

  get checks(): ReadonlyMap<string, () => Promise<void>> {
    return this.#checks;
  }
}
