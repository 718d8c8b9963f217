// Logistic regression on the logarithms of recency, frequency, monetary value and age: the least that a shop knows.
import { fitLinear, linearSums } from '../linear-model.js';
import { columnsOf } from '../matrix.js';
import { type Rows } from '../rows.js';
import { COLUMN } from '../tabular-features.js';
import { bestOf, type ChurnModel, type ChurnTask, type FittedModel } from './churn-model.js';

/** Inverse strengths of the penalty that are tried. */
export const STRENGTHS = [0.003, 0.03, 0.3, 3] as const;

const rfm = ({ logs }: Rows) => columnsOf(logs, [COLUMN.rec, COLUMN.n, COLUMN.sumV, COLUMN.age]);

export const fitRfm = ({ training, validation }: Pick<ChurnTask, 'training' | 'validation'>): FittedModel =>
  bestOf(STRENGTHS, validation, (C) => {
    const model = fitLinear(rfm(training), training.y, { C, tolerance: 1e-9 });
    return { chosen: { C }, logits: (rows) => linearSums(model, rfm(rows)) };
  });

export const lrRfm: ChurnModel = { key: 'lr_rfm', name: 'logistic regression on RFM', isSeeded: false, fit: fitRfm };
