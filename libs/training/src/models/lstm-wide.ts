// The network (model.md §3) on labels alone: an LSTM over events with running counters beside it, read off its curve over silence.
import { SERVED } from '../served.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const lstmWide: ChurnModel = {
  key: 'lstm_wide',
  name: 'LSTM + wide',
  isSeeded: true,
  fit: (task, seed) => fitNetwork(SERVED, task, seed),
};
