// behavior.events → customer.features: the fold of libs/features over each customer's events. The one owner of a customer, so the one
// place where an event sent twice is dropped.
import { applyEvent, type CustomerFeatures, customerFeaturesCodec } from '@holdfast/features';
import { BEHAVIOR_EVENTS, type BehaviorEvent, CUSTOMER_FEATURES, type FeatureRecord } from '@holdfast/schemas';
import { type Task } from '@holdfast/stream';

/** The task of the features service. It has nothing to say during silence, so it is never woken. */
export const featuresTask: Task<CustomerFeatures, null, BehaviorEvent, FeatureRecord> = {
  name: 'features',
  input: BEHAVIOR_EVENTS,
  output: CUSTOMER_FEATURES,
  state: customerFeaturesCodec,
  messageId: (event) => event.messageId,
  step(state, event) {
    const { state: next, record } = applyEvent(state, event);
    return { state: next, outputs: [record] };
  },
};
