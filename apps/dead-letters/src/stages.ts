// The stages that may write dead letters, and what each of them reads.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK, DEAD_LETTER_TASKS } from '@holdfast/schemas';

export const STAGES = DEAD_LETTER_TASKS;
export type Stage = (typeof STAGES)[number];

/** Input topic of each stage: where its letters come from, and go back to. */
export const INPUTS: Readonly<Record<Stage, string>> = {
  features: BEHAVIOR_EVENTS.name,
  scoring: CUSTOMER_FEATURES.name,
  dispatch: CUSTOMER_RISK.name,
  'console-features': CUSTOMER_FEATURES.name,
  'console-risk': CUSTOMER_RISK.name,
};

export const isStage = (name: string): name is Stage => (STAGES as readonly string[]).includes(name);
