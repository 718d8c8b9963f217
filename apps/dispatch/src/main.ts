// Dispatch as a process of its own.
import { runService } from '@holdfast/service';

import { dispatchService } from './dispatch-service.js';

await runService(dispatchService());
