// The id of a message that has none. With a time of its own, the same content is the same event, however often it is sent: a
// sender that got no answer sends it again, and an import can be repeated. Without one, every call is a new event.
import { createHash, randomUUID } from 'node:crypto';

import { type SegmentCall } from '@holdfast/schemas';

import { type Json } from './fields.js';

/** At most 36 characters. When it was sent is no part of what it is. */
export function messageIdOf(call: SegmentCall, message: Json): string {
  const time = message['originalTimestamp'] ?? message['timestamp'] ?? null;
  if (time === null) return randomUUID();
  const content = JSON.stringify({ ...message, type: call, sentAt: undefined });
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
