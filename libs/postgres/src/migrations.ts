// All migrations, oldest first: one file per area, one line each. A migration that has been released is never edited.
import { type MigrationInterface } from 'typeorm';

import { CreateCheckpoints } from './migrations/create-checkpoints.js';
import { CreateClock } from './migrations/create-clock.js';
import { CreateLedger } from './migrations/create-ledger.js';
import { CreateMessageLookUp } from './migrations/create-message-look-up.js';
import { CreatePromotions } from './migrations/create-promotions.js';
import { CreateReadModel } from './migrations/create-read-model.js';
import { CreateToldOutcomes } from './migrations/create-told-outcomes.js';
import { KeepReplayedLetters } from './migrations/keep-replayed-letters.js';
import { DropStoredSegment } from './migrations/drop-stored-segment.js';
import { NameMessagesWithoutChannel } from './migrations/name-messages-without-channel.js';

/** Run in the order of the timestamps at the end of their `name`. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  CreateCheckpoints,
  CreateClock,
  CreateLedger,
  CreateReadModel,
  CreateMessageLookUp,
  KeepReplayedLetters,
  NameMessagesWithoutChannel,
  CreateToldOutcomes,
  CreatePromotions,
  DropStoredSegment,
];
