// The scoring service as a process of its own.
import { runService } from '@holdfast/service';

import { scoringService } from './scoring-service.js';

await runService(scoringService());
