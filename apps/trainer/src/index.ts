// The trainer: history → model release and report.
export { UsageError } from './command-line.js';
export { readOptions, type TrainerOptions } from './options.js';
export { trainerSettings } from './settings.js';
export { train } from './train.js';
