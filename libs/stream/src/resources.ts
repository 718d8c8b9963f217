// What every service stands on: one log, one database.
import { type Broker } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';

import { type Probe } from './probe.js';

/** The two things outside the process. Opened once, closed last. */
export interface Resources {
  readonly broker: Broker;
  readonly database: Database;
  /** Only in tests. */
  readonly probe?: Probe;
}
