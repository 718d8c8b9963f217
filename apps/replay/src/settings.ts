// Settings of the replay command; its options win over them.
import { Type } from '@sinclair/typebox';

export const replaySettings = Type.Object({
  REPLAY_URL: Type.String({ default: 'http://127.0.0.1:3000', description: 'address of ingest' }),
  REPLAY_WRITE_KEY: Type.Optional(Type.String({ description: 'a write key that may replay, or import history' })),
  DATABASE_URL: Type.String({
    default: 'postgresql://postgres@127.0.0.1:5432/holdfast',
    description: 'PostgreSQL connection: the log’s clock is kept there',
  }),
});
