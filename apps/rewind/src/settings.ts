// Settings of the command: those of the services it rewinds.
import { infrastructureSettings } from '@holdfast/service';
import { type Static, Type } from '@sinclair/typebox';

const { KAFKA_CLIENT, DATABASE_URL } = infrastructureSettings.properties;

export const rewindSettings = Type.Object({
  KAFKA_BROKERS: Type.Optional(
    Type.String({ description: 'host:port, comma-separated; not set: the log of `npm start`' }),
  ),
  KAFKA_CLIENT,
  DATABASE_URL,
});
export type RewindSettings = Static<typeof rewindSettings>;
