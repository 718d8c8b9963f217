// behavior.events → customer.features: what is known of each customer, after each event (libs/features). All events of a customer come
// by here in order, so here is where one that was sent twice is dropped: the runner remembers message ids for 30 days.
import { type OrderedFeatures, orderedFeaturesCodec, takeEvent } from '@holdfast/features';
import { BEHAVIOR_EVENTS, type BehaviorEvent, CUSTOMER_FEATURES, type FeatureRecord } from '@holdfast/schemas';
import { type Task } from '@holdfast/stream';

/** The task of the features service. It has nothing to say during silence, so it is never woken. */
export const featuresTask: Task<OrderedFeatures, null, BehaviorEvent, FeatureRecord> = {
  name: 'features',
  input: BEHAVIOR_EVENTS,
  output: CUSTOMER_FEATURES,
  state: orderedFeaturesCodec,
  // Senders of one shop agree on ids, those of different shops do not. No shop has a slash in its name.
  messageId: ({ shop, messageId }) => `${shop}/${messageId}`,
  step(state, event) {
    const { state: next, record } = takeEvent(state, event);
    const noted = record.rebuilt ? 'late' : 'too-late';
    return { state: next, outputs: [record], ...(record.late && { noted }) };
  },
};
