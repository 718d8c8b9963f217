// Writes what is published of the code's own schemas: JSON Schemas and one AsyncAPI document of the topics (docs/contracts),
// and .env.example of the settings. With --check only compares.
//   node --conditions=@holdfast/source --import @swc-node/register/esm-register tools/contracts.mjs [--check]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  behaviorEventWire,
  controlSchemas,
  featureRecordWire,
  interventionEventWire,
  rejectedEventWire,
  riskEventWires,
  TOPICS,
} from '@holdfast/schemas';

import { infrastructureSettings, serviceSettings } from '@holdfast/service';

import { consoleSettings } from '../apps/console/src/settings.ts';
import { dispatchSettings } from '../apps/dispatch/src/settings.ts';
import { ingestSettings } from '../apps/ingest/src/settings.ts';
import { replaySettings } from '../apps/replay/src/settings.ts';
import { scoringSettings } from '../apps/scoring/src/settings.ts';
import { trainerSettings } from '../apps/trainer/src/settings.ts';
import { upkeepSettings } from '../apps/trainer/src/upkeep/settings.ts';
import { fail, root } from './prepare.mjs';

const controls = Object.values(controlSchemas);
const messages = {
  'behavior.events': [behaviorEventWire, ...controls],
  'behavior.rejected': [rejectedEventWire],
  'customer.features': [featureRecordWire, ...controls],
  'customer.risk': [...riskEventWires, ...controls],
  'intervention.events': [interventionEventWire],
};
const nameOf = (schema) => (schema.$id ?? schema.properties.type.const).replace('/', '-v').replace(/\.v1$/, '-v1');

/** Path from the repository's root → text. */
const files = new Map();
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
for (const schema of new Set(Object.values(messages).flat()))
  files.set(
    join('docs', 'contracts', `${nameOf(schema)}.json`),
    json({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }),
  );

files.set(
  join('docs', 'contracts', 'asyncapi.json'),
  json({
    asyncapi: '3.0.0',
    info: { title: 'Holdfast topics', version: '1', description: 'Generated from libs/schemas: do not edit.' },
    channels: Object.fromEntries(
      TOPICS.filter(({ name }) => name in messages).map(({ name, about }) => [
        name,
        {
          address: name,
          description: about,
          messages: Object.fromEntries(
            messages[name].map((schema) => [nameOf(schema), { payload: { $ref: `./${nameOf(schema)}.json` } }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      Object.keys(messages).map((name) => [
        `receive.${name}`,
        { action: 'receive', channel: { $ref: `#/channels/${name}` } },
      ]),
    ),
  }),
);

const settings = [
  ['Every service', serviceSettings],
  ['Every service that uses the log and the database', infrastructureSettings],
  ['ingest', ingestSettings],
  ['scoring', scoringSettings],
  ['dispatch', dispatchSettings],
  ['console', consoleSettings],
  ['replay', replaySettings],
  ['trainer', trainerSettings],
  ['upkeep', upkeepSettings],
];
const explained = new Set();
files.set(
  '.env.example',
  [
    '# Settings, with their defaults. Each service reads its own once, at its start, and names all that do not fit.',
    '# An empty value counts as not set. Secrets (…_KEY, …_KEYS, …_SECRET, …_TOKEN) have no default and are never logged.',
    ...settings.flatMap(([title, { properties }]) => [
      `\n## ${title}`,
      ...Object.entries(properties)
        .filter(([name]) => !explained.has(name) && explained.add(name))
        .map(([name, { description, default: standard }]) => `\n# ${description}\n${name}=${standard ?? ''}`),
    ]),
    '\n## docker-compose.yml\n\n# password of the database container\nPOSTGRES_PASSWORD=\n',
  ].join('\n'),
);

mkdirSync(join(root, 'docs', 'contracts'), { recursive: true });
for (const [name, text] of files) {
  const path = join(root, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text)
    fail(`${name} is not what the code says: run \`npm run contracts\` and commit the result.`);
}
