// Public data sets and exports as behaviour events.
export { type BadLine, type DatasetLine, type EventLine } from './dataset-line.js';
export { LAYOUT_NAMES } from './layouts.js';
export { minorDigits, toMinor } from './money.js';
export { type Dataset, openDataset } from './open-dataset.js';
