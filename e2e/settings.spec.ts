// .env.example explains every setting there is, and none that there is not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { consoleSettings } from '@holdfast/console-service';
import { dispatchSettings } from '@holdfast/dispatch-service';
import { featuresSettings } from '@holdfast/features-service';
import { ingestSettings } from '@holdfast/ingest-service';
import { replaySettings } from '@holdfast/replay';
import { scoringSettings } from '@holdfast/scoring-service';
import { infrastructureSettings, isSecret, serviceSettings } from '@holdfast/service';
import { type TObject } from '@sinclair/typebox';

import { trainerSettings } from '../apps/trainer/src/settings.js';
import { upkeepSettings } from '../apps/trainer/src/upkeep/settings.js';

const schemas: readonly TObject[] = [
  serviceSettings,
  infrastructureSettings,
  ingestSettings,
  featuresSettings,
  scoringSettings,
  dispatchSettings,
  consoleSettings,
  replaySettings,
  trainerSettings,
  upkeepSettings,
];
// Explained where it stands first; later ones of the same name mean the same.
const settings = new Map(schemas.toReversed().flatMap((schema) => Object.entries(schema.properties)));
const text = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8');

describe('.env.example', () => {
  it.each([...settings])('explains %s with its default', (name, { description, default: standard }) => {
    expect(description?.length).toBeGreaterThan(10);
    expect(text).toContain(`# ${description}\n${name}=${standard ?? ''}\n`);
  });

  it('names no setting that no service reads', () => {
    const named = [...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    expect(named.filter((name) => !settings.has(name!) && name !== 'POSTGRES_PASSWORD')).toEqual([]);
  });

  it('gives no secret a default', () => {
    for (const [name, { default: standard }] of settings) if (isSecret(name)) expect(standard).toBeUndefined();
  });
});
