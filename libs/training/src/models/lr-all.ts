// Logistic regression on the logarithms of all features: log p/(1−p) = β·z, penalty |β|²/(2C).
import { fitLinear, linearSums } from '../linear-model.js';
import { bestOf, type ChurnModel } from './churn-model.js';
import { STRENGTHS } from './lr-rfm.js';

export const lrAll: ChurnModel = {
  key: 'lr_all',
  name: 'logistic regression on all features',
  isSeeded: false,
  fit: ({ training, validation }) =>
    bestOf(STRENGTHS, validation, (C) => {
      const model = fitLinear(training.logs, training.y, { C });
      return { chosen: { C }, logits: ({ logs }) => linearSums(model, logs) };
    }),
};
