// features, to be struck.
import { featuresService } from '@holdfast/features-service';

import { runStruck } from './struck.js';

await runStruck(featuresService);
