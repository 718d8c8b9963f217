// The runner: kill anything, nothing lost, nothing doubled.
export { type Sink, type SinkRecord, type StateCodec, type Step, type Task } from './task.js';
