// What is to be served, read off its curve as scoring reads it.
import { fitServed } from '../fit-served.js';
import { servedLogits } from '../served.js';
import { freshnessIn, testStreams, thresholdsFor } from '../tiers.js';
import { type ChurnModel } from './churn-model.js';
import { EPOCHS } from './fit-network.js';

export const served: ChurnModel = {
  key: 'served',
  name: 'LSTM + wide, taught',
  isSeeded: true,
  async fit(task, seed) {
    const { artifact, isTaught, epoch, calibration } = await fitServed(task, { seed, epochs: EPOCHS });
    return {
      calibration,
      chosen: { epoch, ...calibration, teacher: isTaught ? 'mean_logit' : 'none' },
      logits: ({ population }) => servedLogits(artifact, population),
      freshness: () => freshnessIn(artifact, thresholdsFor(artifact, task), testStreams(artifact, task)),
    };
  },
};
