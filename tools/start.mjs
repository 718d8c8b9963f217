// `npm start`: installs and builds if need be, then becomes apps/standalone.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { prepare, root } from './prepare.mjs';

prepare();
await import(pathToFileURL(join(root, 'apps', 'standalone', 'dist', 'main.js')).href);
