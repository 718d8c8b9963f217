// `node apps/standalone/dist/prepare.js`: makes tables, topics and the first release, then ends. For deployments in which
// every service is a container of its own.
import { infrastructureSettings, plainMessage, readSettings } from '@holdfast/service';
import { openResources } from '@holdfast/stream';

import { prepare } from './prepare-log.js';

try {
  const resources = await openResources('prepare', readSettings(infrastructureSettings, process.env));
  await prepare(resources, process.env, 'live');
  await resources.close();
} catch (error) {
  process.stderr.write(`prepare: ${plainMessage(error)}\n`);
  process.exit(1);
}
