// Which message ids have been applied: those not yet saved are in memory, the others are asked of the store. They count from the
// day of stream time on which they were applied, so that whether one is a duplicate is decided by the log alone. Dead letters sent
// back are among them, under a mark of their own that never grows old.
import { type MessageId } from '@holdfast/postgres';
import { DAY, type Millis } from '@holdfast/schemas';

/** Days since 1970 of an instant. */
export const dayOf = (at: Millis): number => Math.floor(at / DAY);

export class MessageIds {
  private fresh = new Map<string, number>();
  private saving = new Map<string, number>();

  constructor(private readonly windowDays: number) {}

  get freshCount(): number {
    return this.fresh.size;
  }

  get unsavedCount(): number {
    return this.fresh.size + this.saving.size;
  }

  /** Day of the last application that is not yet saved. */
  private unsaved(id: string): number | undefined {
    return this.fresh.get(id) ?? this.saving.get(id);
  }

  /**
   * What is known of `ids` at this moment. To be called *before* the store is asked: an id may leave memory while the answer,
   * read before it was saved, is on its way.
   */
  known(ids: readonly string[]): Map<string, number> {
    const known = new Map<string, number>();
    for (const id of ids) {
      const day = this.unsaved(id);
      if (day !== undefined) known.set(id, day);
    }
    return known;
  }

  /** The first day that counts for a record of this day. */
  since(day: number): number {
    return day - this.windowDays;
  }

  /** True when the id was applied within the window before `day`; `known` is what memory and store knew before the batch. */
  isDuplicate(id: string, day: number, known: ReadonlyMap<string, number>): boolean {
    const last = Math.max(this.unsaved(id) ?? -Infinity, known.get(id) ?? -Infinity);
    return last >= this.since(day);
  }

  /** Also noted in `known`: a checkpoint in mid-batch takes the id out of memory. */
  apply(id: string, day: number, known: Map<string, number>): void {
    this.fresh.set(id, day);
    known.set(id, day);
  }

  snapshot(): MessageId[] {
    this.saving = this.fresh;
    this.fresh = new Map();
    return Array.from(this.saving, ([id, day]) => ({ id, day }));
  }

  saved(): void {
    this.saving = new Map();
  }
}
