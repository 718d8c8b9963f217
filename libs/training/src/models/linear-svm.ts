// Linear support vector machine with the squared hinge (Fan et al. 2008, LIBLINEAR). Its margins become logits by Platt's fit on the
// training rows.
import { fitPlatt } from '../calibration.js';
import { fitLinear, linearSums, squaredHinge } from '../linear-model.js';
import { bestOf, type ChurnModel } from './churn-model.js';
import { STRENGTHS } from './lr-rfm.js';

export const linearSvm: ChurnModel = {
  key: 'svm',
  name: 'linear SVM',
  isSeeded: false,
  fit: ({ training, validation }) =>
    bestOf(STRENGTHS, validation, (C) => {
      const model = fitLinear(training.logs, training.y, { C, loss: squaredHinge });
      const platt = fitPlatt(linearSums(model, training.logs), training.y);
      return { chosen: { C }, logits: ({ logs }) => platt(linearSums(model, logs)) };
    }),
};
