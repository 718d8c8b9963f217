// What a method answers, before anything is told of it: NaN has a rank somewhere, and so an AUC that looks like one.

/** Throws an `Error` with a sentence unless there is a number for each row. */
export function checkedLogits(logits: Float64Array, rows: number): Float64Array {
  if (logits.length !== rows) throw new Error(`it gave ${logits.length} logits for ${rows} customers.`);
  const row = logits.findIndex(Number.isNaN);
  if (row >= 0) throw new Error(`the logit of customer ${row + 1} of ${rows} is no number.`);
  return logits;
}
