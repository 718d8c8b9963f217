// scoring, to be struck.
import { scoringService } from '@holdfast/scoring-service';

import { runStruck } from './struck.js';

await runStruck(scoringService);
