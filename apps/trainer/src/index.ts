// The trainer: history → model release and report.
export { readOptions, type TrainerOptions, UsageError } from './options.js';
export { trainerSettings } from './settings.js';
export { train } from './train.js';
