// Reading one partition of the embedded log.
import { type RecordStream, type StoredRecord } from '../broker.js';
import { type PartitionLog } from './partition-log.js';

/** One reader. One `next` at a time. */
export class EmbeddedStream implements RecordStream {
  #closed = false;
  #wakeUp: (() => void) | undefined;

  constructor(
    private readonly partition: () => PartitionLog,
    private offset: number,
    private readonly onClose: (stream: EmbeddedStream) => void,
  ) {}

  async next(): Promise<readonly StoredRecord[]> {
    let hasWaited = false;
    while (!this.#closed) {
      const partition = this.partition();
      const records = partition.read(this.offset);
      if (records.length > 0) {
        // A reader that is behind must not keep the event loop from the disk and the network.
        if (!hasWaited) await new Promise<void>((resolve) => setImmediate(resolve));
        if (this.#closed) break;
        this.offset += records.length;
        return records;
      }
      await new Promise<void>((resolve) => {
        const stop = partition.wait(resolve);
        this.#wakeUp = () => (stop(), resolve());
      });
      this.#wakeUp = undefined;
      hasWaited = true;
    }
    return [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.onClose(this);
    this.#wakeUp?.();
  }
}
