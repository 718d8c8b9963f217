// Settings of the scoring service.
import { fileURLToPath } from 'node:url';

import { type Static, Type } from '@sinclair/typebox';

export const scoringSettings = Type.Object({
  SCORING_MODELS_DIR: Type.Optional(
    Type.String({
      description: 'folder of the model releases, files <sha-256>.json; default: models/ of the repository',
    }),
  ),
});
export type ScoringSettings = Static<typeof scoringSettings>;

/** The folder of the releases. */
export const modelsDirectory = (settings: ScoringSettings): string =>
  settings.SCORING_MODELS_DIR ?? fileURLToPath(new URL('../../../models', import.meta.url));
