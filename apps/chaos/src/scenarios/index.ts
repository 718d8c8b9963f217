// All scenarios, in the order of their numbers.
import { type AnyScenario } from '../scenario.js';
import { brokerAway } from './broker-away.js';
import { brokerNodes } from './broker-nodes.js';
import { clocks } from './clocks.js';
import { databaseAway } from './database-away.js';
import { databaseFull } from './database-full.js';
import { databaseRestored } from './database-restored.js';
import { duplicatesAndOrder } from './duplicates-and-order.js';
import { embedded } from './embedded.js';
import { killedProcesses } from './killed-processes.js';
import { poison } from './poison.js';
import { recovery } from './recovery.js';
import { replayAndLive } from './replay-and-live.js';
import { rollingRestart } from './rolling-restart.js';
import { scaling } from './scaling.js';
import { soak } from './soak.js';
import { standstill } from './standstill.js';
import { unevenLoad } from './uneven-load.js';
import { wakeUps } from './wake-ups.js';
import { zombies } from './zombies.js';

export const SCENARIOS: readonly AnyScenario[] = [
  killedProcesses,
  recovery,
  zombies,
  rollingRestart,
  scaling,
  brokerAway,
  brokerNodes,
  databaseAway,
  databaseFull,
  databaseRestored,
  poison,
  wakeUps,
  standstill,
  clocks,
  duplicatesAndOrder,
  replayAndLive,
  unevenLoad,
  embedded,
  soak,
];
