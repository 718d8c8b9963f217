// Ingest as a process of its own.
import { runService } from '@holdfast/service';

import { ingestService } from './ingest-service.js';

await runService(ingestService());
