// Waits for "something has happened": rung by whoever has news, looked at by one loop, which then sees for itself.

export class Bell {
  private isRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.isRung = true;
    this.wake?.();
  }

  /** Resolves at the next ring, or at once when it has rung since the last time. */
  async wait(): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
    this.isRung = false;
  }
}
