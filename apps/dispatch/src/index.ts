// Dispatch: from risk to decisions, messages and outcomes.
export { couponCode } from './coupon-code.js';
export { ledgerSink } from './ledger-sink.js';
export { dispatchTransport } from './dispatch-transport.js';
export { DispatchModule } from './dispatch.module.js';
export { dispatchSettings, type DispatchSettings, rulesOf } from './settings.js';
export { dispatchService } from './dispatch-service.js';
