// PostgreSQL: the only place with SQL.
export {
  beginReplay,
  CLOCK_LOG,
  type ClockState,
  goLive,
  readClock,
  type ReplayCounts,
  type ReplayIdentity,
  type ReplayProgress,
  saveReplayProgress,
  takeClock,
} from './clock.js';
export {
  type Checkpoint,
  type CheckpointStore,
  type MessageId,
  type Owned,
  type Ownership,
  type PartitionId,
  type Progress,
  type StoredCustomer,
  type VersionedBytes,
  type WakeUp,
} from './checkpoint-store.js';
export { Database, type DatabaseOptions, openDatabase } from './database.js';
export { PermanentError, type PostgresErrorCode } from './errors.js';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js';
export {
  addToOutbox,
  listOutboxPartitions,
  type OutboxRow,
  removeFromOutbox,
  takeFromOutbox,
} from './intervention-outbox.js';
export { type ArmSums, type ExperimentRow, listExperiments } from './ledger-experiments.js';
export {
  type DueRow,
  loadConsents,
  loadContacts,
  loadCoupons,
  loadDue,
  loadKnownDecisions,
  loadPastDecisions,
  loadPayments,
  loadSpending,
  loadUnits,
  type PaymentRow,
  type PaymentSpan,
  type SliceName,
} from './ledger-load.js';
export {
  countDecisions,
  countMessages,
  type CountOptions,
  countOutcomes,
  countSkips,
  type DecisionView,
  type DrawRow,
  findDecision,
  listDecisions,
  listDraws,
  listMessages,
  type MessageState,
  type MessageView,
  type Page,
  type PageOptions,
} from './ledger-reports.js';
export {
  type DecisionInsert,
  saveConsents,
  saveContacts,
  saveCoupons,
  saveDecisions,
  savePayments,
  saveSkips,
  saveSpending,
} from './ledger-save.js';
export { closeDecisions, redeemCoupons, settleDecisions, takeCouponKey } from './ledger-update.js';
export {
  type ClaimedMessage,
  claimMessages,
  type MessageInsert,
  saveMessages,
  saveSendResult,
  type SendResult,
} from './messages.js';
export { migrate } from './migrate.js';
export {
  type CustomerEventRow,
  type CustomerRow,
  EVENTS_KEPT,
  saveCustomerEvents,
  saveCustomers,
} from './read-model-customers.js';
export {
  type CustomerCursor,
  type CustomerName,
  type CustomerQuery,
  type CustomerView,
  findCustomer,
  findStates,
  listCustomerEvents,
  listCustomers,
  streamNow,
} from './read-model-lists.js';
export {
  countCrossings,
  countCustomers,
  countTiers,
  listCustomerRisk,
  listRecentRisk,
  listRiskDays,
  type RiskDay,
  type TierCount,
} from './read-model-overview.js';
export { type CustomerRiskRow, type RiskEventRow, saveCustomerRisks, saveRiskEvents } from './read-model-risk.js';
export { hasOwners, listOwners, type OwnerRow, passForgottenEpochs } from './owners.js';
export {
  countChampions,
  knowsPromotions,
  listPromotions,
  notePromotion,
  type Promotion,
  promotionIsWritten,
  whilePromoting,
} from './releases.js';
export {
  findPositions,
  findTakenIn,
  FOR_EVER,
  knowsReplayedLetters,
  letterMark,
  noteLetters,
} from './replayed-letters.js';
export { PostgresCheckpointStore } from './postgres-checkpoint-store.js';
export { noteToldOutcomes, type ToldOutcome } from './told-outcomes.js';
export { findTopics, type RegisteredTopic, registerTopics } from './topic-registry.js';
export { type Transaction } from './transaction.js';
