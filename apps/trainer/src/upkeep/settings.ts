// Settings of upkeep as a service, from the environment.
import { type Static, Type } from '@sinclair/typebox';

export const upkeepSettings = Type.Object({
  UPKEEP_EVERY_DAYS: Type.Number({
    default: 7,
    exclusiveMinimum: 0,
    maximum: 24, // what a timer can wait
    description: 'days from one look at the model to the next, at most 24',
  }),
  UPKEEP_ACT: Type.Boolean({ default: false, description: 'true: do what is recommended, one thing at a time' }),
  UPKEEP_SHARED: Type.Boolean({
    default: false,
    description:
      'true: SCORING_MODELS_DIR is the very folder that all scoring processes read, so what is made may be promoted',
  }),
});
export type UpkeepSettings = Static<typeof upkeepSettings>;
