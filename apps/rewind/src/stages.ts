// The stages whose progress is in the database: what each reads, and writes.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK } from '@holdfast/schemas';
import { type Stage } from '@holdfast/stream';

export const STAGES: readonly Stage[] = [
  { name: 'features', input: BEHAVIOR_EVENTS, output: CUSTOMER_FEATURES },
  { name: 'scoring', input: CUSTOMER_FEATURES, output: CUSTOMER_RISK },
  { name: 'dispatch', input: CUSTOMER_RISK },
  { name: 'console-features', input: CUSTOMER_FEATURES },
  { name: 'console-risk', input: CUSTOMER_RISK },
];
