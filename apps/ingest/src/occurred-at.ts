// When an event happened, by the server's clock. Devices have wrong clocks, but know how long ago it was when they sent it:
//   occurredAt = receivedAt − (sentAt − originalTimestamp)        (Segment's `timestamp`)
// never later than receivedAt.
import { type Millis } from '@holdfast/schemas';

/** Corrects the sender's clock. Without `sentAt` the sender's time is taken as it is; without both it happened now. */
export function correctSkew(receivedAt: Millis, original: Millis | undefined, sentAt: Millis | undefined): Millis {
  if (original === undefined) return receivedAt;
  const occurredAt = sentAt === undefined ? original : receivedAt - (sentAt - original);
  return Math.max(0, Math.min(occurredAt, receivedAt));
}
