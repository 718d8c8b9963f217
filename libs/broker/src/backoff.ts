// Waiting between tries: doubling, capped, jittered, so that many clients do not come back at once.

/** Delays of successive tries. */
export class Backoff {
  #tries = 0;

  constructor(
    private readonly firstMs = 50,
    private readonly capMs = 2_000,
  ) {}

  /** Milliseconds until the next try: between half and all of the doubled delay. */
  next(): number {
    const full = Math.min(this.capMs, this.firstMs * 2 ** Math.min(20, this.#tries));
    this.#tries += 1;
    return full * (0.5 + Math.random() / 2);
  }

  /** After a success. */
  reset(): void {
    this.#tries = 0;
  }
}
