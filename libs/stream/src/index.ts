// The runner: kill anything, nothing lost, nothing doubled. And, apart from it, what a log means when nothing ever goes wrong.
export { appendFirstRelease, appendRelease } from './append-release.js';
export { type Stage } from './log-ids.js';
export { type StreamObserver } from './observer.js';
export { openPlace, PlaceRefused } from './open-place.js';
export { type Connections, connectBroker, openResources } from './open-resources.js';
export { prepareTopics } from './prepare-topics.js';
export { type Point, type Probe } from './probe.js';
export { planRewind, rewind, RewindRefused, type StageRewind } from './rewind.js';
export { type Resources } from './resources.js';
export { DEFAULT_STREAM_SETTINGS, type StreamSettings } from './settings.js';
export { readState } from './state-bytes.js';
export { type StreamOptions, StreamTransport } from './stream-transport.js';
export { type ExpectedLetter } from './undisturbed/fold-output.js';
export { type FoldedCustomer } from './undisturbed/folded-customer.js';
export { type AnyTask, UndisturbedFold } from './undisturbed/undisturbed-fold.js';
export { NotReady, type Sink, type SinkRecord, type StateCodec, type Step, type Task } from './task.js';
