// dispatch, to be struck.
import { dispatchService } from '@holdfast/dispatch-service';

import { runStruck } from './struck.js';

await runStruck(dispatchService);
