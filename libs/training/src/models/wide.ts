// Running counters and the silence, without any sequence.
import { NO_ENCODER } from '../networks/no-encoder.js';
import { rescored } from '../networks/rescored.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const wide: ChurnModel = {
  key: 'wide',
  name: 'wide alone',
  isSeeded: true,
  fit: (task, seed) => fitNetwork(rescored({ encoder: NO_ENCODER, isWide: true }), task, seed),
};
