// Settings of the trainer, from the environment.
import { readSettings } from '@holdfast/service';
import { type Static, Type } from '@sinclair/typebox';

export const trainerSettings = Type.Object({
  TRAINER_BACKEND: Type.Union([Type.Literal('wasm'), Type.Literal('tensorflow'), Type.Literal('cpu')], {
    default: 'wasm',
    description: 'TensorFlow.js backend; `tensorflow` needs @tensorflow/tfjs-node to be installed',
  }),
  KAFKA_BROKERS: Type.String({ default: '', description: 'for --data log: host:port, comma-separated; empty: none' }),
});
export type TrainerSettings = Static<typeof trainerSettings>;

/** Throws `SettingsError` naming every fault. */
export const readTrainerSettings = (): TrainerSettings => readSettings(trainerSettings, process.env);
