// The methods that are compared, in the order of the table. A new method: one file, and its name here (an import and an entry).
import { bgNbd } from './bg-nbd.js';
import { type ChurnModel } from './churn-model.js';
import { gradientBoosting } from './gradient-boosting.js';
import { cnnLstm } from './cnn-lstm.js';
import { gru } from './gru.js';
import { linearSvm } from './linear-svm.js';
import { lrAll } from './lr-all.js';
import { lrRfm } from './lr-rfm.js';
import { lstm } from './lstm.js';
import { lstmWide } from './lstm-wide.js';
import { randomForest } from './random-forest.js';
import { recency } from './recency.js';
import { served } from './served.js';
import { wide } from './wide.js';

export const MODELS: readonly ChurnModel[] = [
  recency,
  lrRfm,
  lrAll,
  linearSvm,
  randomForest,
  gradientBoosting,
  bgNbd,
  wide,
  lstm,
  gru,
  cnnLstm,
  lstmWide,
  served,
];
