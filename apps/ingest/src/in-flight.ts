// How many bytes the requests under way hold together, and the bound on them: what keeps memory bounded whatever is sent.

/** Says how many bytes a request holds from now on. False when that is more than there is room for; then nothing changes. */
export type Hold = (bytes: number) => boolean;

/** All requests under way. */
export class InFlight {
  #bytes = 0;

  constructor(private readonly mostBytes: number) {}

  /** For one request. Giving bytes back always works; `hold(0)` ends it. */
  enter(): Hold {
    let held = 0;
    return (bytes) => {
      const all = this.#bytes - held + bytes;
      if (bytes > held && all > this.mostBytes) return false;
      this.#bytes = all;
      held = bytes;
      return true;
    };
  }
}
