// Replays: a data set through ingest in stream time, or history into a live log.
export { importHistory, type ImportOptions } from './import-history.js';
export { previewDataset, previewText, type Preview } from './preview.js';
export { ReplayRefused } from './refusal.js';
export { type ReplayOptions, type ReplayProgressView, type ReplaySummary, runReplay } from './run-replay.js';
export { replaySettings } from './settings.js';
export { type ReplaySource } from './survey.js';
