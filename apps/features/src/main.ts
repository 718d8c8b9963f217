// The features service as a process of its own.
import { runService } from '@holdfast/service';

import { featuresService } from './features-service.js';

await runService(featuresService());
