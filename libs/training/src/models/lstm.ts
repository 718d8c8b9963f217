// An LSTM over events and the silence after them; no running counters.
import { LSTM } from '../networks/lstm.js';
import { rescored } from '../networks/rescored.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const lstm: ChurnModel = {
  key: 'lstm',
  name: 'LSTM alone',
  isSeeded: true,
  fit: (task, seed) => fitNetwork(rescored({ encoder: LSTM, isWide: false }), task, seed),
};
