// The whole check, of a log and a database at rest: message ids, both stages against an undisturbed run of them, the ledger, its
// events, and what has reached customers.
import { type Broker, type StoredRecord } from '@holdfast/broker';
import { findTopics, openDatabase } from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  BEHAVIOR_REJECTED,
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  deadLetterTopic,
  INTERVENTION_EVENTS,
  TOPICS,
} from '@holdfast/schemas';
import { Closing } from '@holdfast/service';
import { createScoringTask, featuresTask, openModels } from '@holdfast/tasks';

import { type Evidence, type Verdict } from '../evidence.js';
import { checkDeliveries } from './check-deliveries.js';
import { compareInterventions } from './compare-interventions.js';
import { compareLedger } from './compare-ledger.js';
import { compareLetters } from './compare-letters.js';
import { compareWitness } from './compare-witness.js';
import { Findings } from './findings.js';
import { countDecisions, readMessages, readOutbox } from './ledger-tables.js';
import { LogReader, type ReaderNotes } from './log-reader.js';
import { MessageTally, type PartitionTally } from './message-tally.js';
import { isOutput, PublishedReader } from './published-reader.js';
import { type Grounds, readLetters, Stage } from './stage.js';
import { readOwner } from './stored-rows.js';
import { type LedgerPartition, UndisturbedLedger } from './undisturbed-ledger.js';

/** Partitions that are checked at once: while one waits for PostgreSQL another computes. */
const AT_ONCE = 3;
/** What is read in each mode. */
const COUNTED = [BEHAVIOR_EVENTS, BEHAVIOR_REJECTED, CUSTOMER_FEATURES, CUSTOMER_RISK].map(({ name }) => name);
const READ = {
  counts: [...COUNTED, deadLetterTopic('features')],
  full: [...COUNTED, INTERVENTION_EVENTS.name, ...['features', 'scoring', 'dispatch'].map(deadLetterTopic)],
};

export interface ExamineOptions {
  readonly broker: Broker;
  /** `counts`: message ids, sequences and deliveries alone; nothing is computed again. For very long logs. Default `full`. */
  readonly mode?: 'full' | 'counts' | undefined;
  /** Another reader of the same log: what it has seen of topics that hold so many records. Asked while the check goes on. */
  readonly witness?: (counts: ReadonlyMap<string, number>) => Promise<ReaderNotes>;
  /** Told how far the check is. */
  readonly say?: (text: string) => void;
}

type Case = Omit<Evidence, 'brokers'>;

/** What has been read, and what it is held against. */
interface Court extends Grounds {
  readonly partitions: number;
  readonly evidence: Case;
  readonly tally: MessageTally;
  readonly say: (text: string) => void;
}

/** Checks what a scenario has left behind. Throws when log or database cannot be read. */
export async function examine(evidence: Case, options: ExamineOptions): Promise<Verdict> {
  const { broker, mode = 'full', witness, say = () => undefined } = options;
  const closing = new Closing();
  try {
    const findings = new Findings();
    const reader = new LogReader(broker);
    const database = await openDatabase(evidence.databaseUrl, { applicationName: 'holdfast-check' });
    closing.add(() => database.close());
    const topics = await findTopics(database, TOPICS.map(({ name }) => name)); // prettier-ignore
    const logIds = new Map(topics.map(({ name, logId }) => [name, logId]));
    const court: Court = {
      ...{ reader, database, findings, evidence, say },
      partitions: await broker.partitions(BEHAVIOR_EVENTS.name),
      logIdOf: (topic) => logIds.get(topic) ?? '',
      mendedAt: (stage, partition) => evidence.mendedAt?.get(stage)?.[partition] ?? 0,
      tally: new MessageTally(evidence.accepted, findings),
    };
    const other = witness?.(await reader.sizes(READ[mode]));
    other?.catch(() => undefined); // told below, when everything else has been
    for (let partition = 0; partition < court.partitions; partition++)
      for await (const records of reader.read(BEHAVIOR_REJECTED.name, partition)) court.tally.rejected(records);
    await (mode === 'full' ? examineFully(court) : examineCounts(court));
    court.tally.conclude();
    findings.decided = await countDecisions(database);
    checkDeliveries(evidence.deliveries, await readMessages(database), findings);
    if (other) {
      say('waiting for the other reader');
      compareWitness(reader.notes, await other, findings);
    }
    return findings.verdict(evidence.accepted.size);
  } finally {
    await closing.run();
  }
}

async function examineFully(court: Court): Promise<void> {
  const { evidence, partitions, database, findings } = court;
  const ledger = await UndisturbedLedger.create({
    databaseUrl: evidence.databaseUrl,
    environment: evidence.dispatchEnvironment,
    partitions,
    logId: court.logIdOf(CUSTOMER_RISK.name),
  });
  try {
    await forEachPartition(court, (partition) =>
      examinePartition(court, partition, ledger.partition(partition, court.mendedAt('dispatch', partition))),
    );
    await compareLedger(database, ledger.database, findings);
    const messages = await readMessages(database);
    await forEachPartition(court, async (partition) => {
      const published: StoredRecord[] = [];
      for await (const records of court.reader.read(INTERVENTION_EVENTS.name, partition)) published.push(...records);
      const undisturbed = await readOutbox(ledger.database, partition);
      const own = messages.filter((message) => message.partition === partition);
      compareInterventions({ published, undisturbed, messages: own, partition }, findings);
    });
  } finally {
    await ledger.close();
  }
}

/** One partition from behavior.events to the ledger, each topic read once. */
async function examinePartition(court: Court, partition: number, ledger: LedgerPartition): Promise<void> {
  const { reader, database, findings, evidence } = court;
  const tally = court.tally.partition();
  const scoringTask = createScoringTask(openModels(evidence.modelsDirectory));
  const stages = [new Stage(featuresTask, partition, court), new Stage(scoringTask, partition, court)] as const;
  const features = stages[0].published(noted(reader.read(BEHAVIOR_EVENTS.name, partition), tally));
  const toScoring = async function* () {
    for await (const { records, outputs } of features) {
      tally.applied(outputs);
      yield records;
    }
  };
  const owner = await readOwner(database, { task: 'dispatch', partition });
  const position = owner?.position ?? 0;
  let unread = 0;
  for await (const { fresh } of stages[1].published(toScoring())) {
    await ledger.apply(fresh.filter(({ offset }) => offset < position));
    unread += fresh.filter(({ offset, key }) => offset >= position && key !== null).length;
  }
  // Ticks alone may be left: dispatch holds them together.
  if (unread > 0)
    findings.fault(
      'dispatch',
      `dispatch stands at offset ${position} of partition ${partition}: ${unread} records are left.`,
    );
  tally.conclude(await stages[0].conclude());
  await stages[1].conclude();
  const letters = await readLetters(reader, 'dispatch', partition);
  compareLetters(ledger.letters, letters, { task: 'dispatch', partition, findings });
}

async function* noted(records: AsyncIterable<readonly StoredRecord[]>, tally: PartitionTally) {
  for await (const batch of records) {
    tally.inLog(batch);
    yield batch;
  }
}

async function examineCounts(court: Court): Promise<void> {
  const { reader, findings } = court;
  await forEachPartition(court, async (partition) => {
    const tally = court.tally.partition();
    for await (const records of reader.read(BEHAVIOR_EVENTS.name, partition)) tally.inLog(records);
    for (const topic of [CUSTOMER_FEATURES.name, CUSTOMER_RISK.name]) {
      const published = new PublishedReader(topic, partition, findings, false);
      for await (const records of reader.read(topic, partition)) {
        const fresh = published.take(records);
        if (topic === CUSTOMER_FEATURES.name) tally.applied(fresh.filter(isOutput));
      }
    }
    tally.conclude(await readLetters(reader, 'features', partition));
  });
}

async function forEachPartition({ partitions, say }: Court, work: (partition: number) => Promise<void>): Promise<void> {
  const waiting = Array.from({ length: partitions }, (_, partition) => partition);
  let done = 0;
  const worker = async () => {
    for (let partition = waiting.shift(); partition !== undefined; partition = waiting.shift()) {
      await work(partition);
      done += 1;
      say(`checked ${done} of ${partitions} partitions`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
