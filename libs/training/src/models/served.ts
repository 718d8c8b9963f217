// What `npm run train` makes and scoring serves: the LSTM with running counters beside it, read off its curve over silence. Its logits
// have the slope that they are served with.
import { fit } from '../fit.js';
import { artifactOf, servedLogits } from '../served.js';
import { type ChurnModel } from './churn-model.js';

const EPOCHS = 30;

export const served: ChurnModel = {
  key: 'served',
  name: 'LSTM + wide, as served',
  isSeeded: true,
  async fit(task, seed) {
    const { weights, scaler, medianOrderMinor, slope, epoch } = await fit({ ...task, seed, epochs: EPOCHS });
    const artifact = {
      ...artifactOf(weights, { ...task, medianOrderMinor, scaler, seed }),
      calibration: { slope },
    };
    return { chosen: { epoch, slope }, logits: ({ population }) => servedLogits(artifact, population) };
  },
};
