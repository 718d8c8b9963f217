// Ingest: Segment's HTTP API in, behaviour events and ticks out.
export { Ingest, IngestModule } from './ingest.module.js';
export { type TimeSource } from './live-clock.js';
export { type IngestSettings, ingestSettings } from './settings.js';
export { ingestService } from './ingest-service.js';
