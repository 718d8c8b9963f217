// A GRU in place of the LSTM, running counters beside it.
import { GRU } from '../networks/gru.js';
import { rescored } from '../networks/rescored.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const gru: ChurnModel = {
  key: 'gru',
  name: 'GRU + wide',
  isSeeded: true,
  fit: (task, seed) => fitNetwork(rescored({ encoder: GRU, isWide: true }), task, seed),
};
