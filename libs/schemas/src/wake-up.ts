// A wake-up as a record: what a dead letter holds when it was the customer's silence that could not be applied.
import { Type } from '@sinclair/typebox';

import { timedCodec } from './wire.js';

/** Value of the `schema` header. */
export const WAKE_UP_SCHEMA = 'wake-up/1';

const wakeUpWire = Type.Object({
  key: Type.String({ description: 'of the customer' }),
  wakeAt: Type.String({ description: 'the instant it was set for, ISO 8601' }),
});

export const wakeUpCodec = timedCodec(wakeUpWire, ['wakeAt']);
