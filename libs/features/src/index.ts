// What is known of a customer after each event, and how it changes through silence: the model's inputs, in O(1) per event.
export { applyEvent } from './apply-event.js';
export { CATEGORY_BUCKETS, categoryBucket } from './category.js';
export { COUNTER, COUNTERS, countersAt } from './counters.js';
export { type CustomerFeatures } from './customer-features.js';
export { FEATURE_SET_HASH } from './feature-set.js';
export { SESSION_GAP, VIEWS_PER_STEP } from './fold-occurrence.js';
export { KEPT_FOR, type OrderedFeatures, takeEvent } from './ordered-features.js';
export { orderedFeaturesCodec } from './ordered-features-codec.js';
export { countSteps, KEPT_STEPS, type KeptStep, stepsBefore, stepsOf, withStep } from './packed-steps.js';
export { type Rfm, rfmAt } from './rfm.js';
export { type Scale, unitDays } from './scale.js';
export { categoryOf, encodeStep, STEP, STEP_INPUTS, STEP_SIZE } from './step-inputs.js';
export { WIDE, WIDE_SIZE, wideAt, wideMoving } from './wide.js';
export { GROUP_OF_WIDE, WIDE_GROUPS, type WideGroup } from './wide-groups.js';
