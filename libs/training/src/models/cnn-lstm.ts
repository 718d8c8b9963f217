// A convolution over three steps before the LSTM, running counters beside it.
import { CNN_LSTM } from '../networks/cnn-lstm.js';
import { rescored } from '../networks/rescored.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const cnnLstm: ChurnModel = {
  key: 'cnn_lstm',
  name: 'CNN + LSTM + wide',
  isSeeded: true,
  fit: (task, seed) => fitNetwork(rescored({ encoder: CNN_LSTM, isWide: true }), task, seed),
};
