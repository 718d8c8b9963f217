// ingest, to be struck.
import { ingestService } from '@holdfast/ingest-service';

import { runStruck } from './struck.js';

await runStruck(ingestService);
