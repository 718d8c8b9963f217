// Writes the published contracts (JSON Schemas and one AsyncAPI document) from libs/schemas; with --check only compares.
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

import { fail, root } from './prepare.mjs';

const folder = join(root, 'docs', 'contracts');
const controls = Object.values(controlSchemas);
const messages = {
  'behavior.events': [behaviorEventWire, ...controls],
  'behavior.rejected': [rejectedEventWire],
  'customer.features': [featureRecordWire, ...controls],
  'customer.risk': [...riskEventWires, ...controls],
  'intervention.events': [interventionEventWire],
};
const nameOf = (schema) => (schema.$id ?? schema.properties.type.const).replace('/', '-v').replace(/\.v1$/, '-v1');

const files = new Map();
for (const schema of new Set(Object.values(messages).flat()))
  files.set(`${nameOf(schema)}.json`, { $schema: 'http://json-schema.org/draft-07/schema#', ...schema });

files.set('asyncapi.json', {
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
});

mkdirSync(folder, { recursive: true });
for (const [name, content] of files) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const path = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text)
    fail(`docs/contracts/${name} is not what libs/schemas says: run \`npm run contracts\` and commit the result.`);
}
