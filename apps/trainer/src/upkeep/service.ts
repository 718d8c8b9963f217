// Upkeep as a service beside the others, on Kafka.
import { runService } from '@holdfast/service';

import { SERVED_FROM } from '../places.js';
import { ReleaseRefused } from '../releases/refusal.js';
import { lookInThread } from './look-in-thread.js';
import { upkeepSettings } from './settings.js';
import { UpkeepWatch } from './watch.js';

await runService({
  name: 'upkeep',
  settings: upkeepSettings,
  build(context, settings) {
    if (!process.env['KAFKA_BROKERS'])
      throw new ReleaseRefused(
        'Set KAFKA_BROKERS and DATABASE_URL. What `npm start` keeps belongs to one process: stop it, and run `npm run upkeep`.',
      );
    const { UPKEEP_ACT: act, UPKEEP_SHARED: isShared } = settings;
    const place = { dataDir: '', models: SERVED_FROM, act, isShared };
    const watch = new UpkeepWatch(context, settings, (say, signal) => lookInThread(place, say, signal));
    void watch.start();
    return Promise.resolve({ modules: [], close: () => watch.stop() });
  },
});
