// What is to be served: the same network as a student (model.md §4), that learns less from what happened than from what its teacher
// thought likely. Where there are too few customers for a teacher, from labels alone, as `npm run train` still does.
import { SERVED } from '../served.js';
import { teach } from '../teacher.js';
import { type ChurnModel } from './churn-model.js';
import { fitNetwork } from './fit-network.js';

export const served: ChurnModel = {
  key: 'served',
  name: 'LSTM + wide, taught',
  isSeeded: true,
  async fit(task, seed) {
    const teacher = await teach(task, seed);
    const { chosen, logits } = await fitNetwork(SERVED, task, seed, teacher ?? undefined);
    return { chosen: { ...chosen, teacher: teacher ? 'mean_logit' : 'none' }, logits };
  },
};
