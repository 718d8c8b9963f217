// A whole Holdfast in one process, as `npm start` runs it: embedded log and PostgreSQL in a folder, visitors in front, a mail and a
// webhook server behind. It is killed and started again in its folder; then brought to rest, and log and database are opened here.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker, openEmbeddedBroker } from '@holdfast/broker';
import { openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';
import { Closing } from '@holdfast/service';

import { examine } from '../checker/examine.js';
import { type Verdict } from '../evidence.js';
import { Load } from '../load/load.js';
import { traffic } from '../load/traffic.js';
import { startReceivers } from '../receivers/receivers.js';
import { AnyArena } from './any-arena.js';
import { commonEnvironment, dispatchEnvironment, WRITE_KEY } from './environment.js';
import { type Grounds } from './grounds.js';
import { Installation } from './installation.js';
import { type CommonOptions } from './options.js';
import { writeQuickRelease } from './quick-release.js';
import { queueOfDispatch, until, writeLastTick } from './rest.js';
import { streamTime } from './stream-time.js';

/** Longest that the pipeline may take to recover from a strike, s. */
const RECOVERY_LIMIT = 60;
/** Ingest tells no more time: longer than anything here lasts, ms. */
const STANDSTILL = '2000000000';

type Base = Pick<Grounds, 'directory' | 'receivers' | 'modelsDirectory'>;

export class EmbeddedArena extends AnyArena {
  readonly load: Load;
  readonly holdfast: Installation;
  readonly #installations: Installation[] = [];
  readonly #reading = new Closing();
  #environment: Readonly<Record<string, string>>;
  #broker: Broker | undefined;

  private constructor(
    options: CommonOptions,
    private readonly base: Base,
    say: (text: string) => void,
  ) {
    super(options, say);
    this.#environment = commonEnvironment(options, base);
    this.holdfast = this.install('data');
    this.load = new Load({
      calls: traffic({ seed: options.seed, ...options.traffic }),
      urls: () => (this.holdfast.url === null ? [] : [this.holdfast.url]),
      writeKey: WRITE_KEY,
      perSecond: options.perSecond,
      batch: options.batch,
      senders: 8,
    });
  }

  /** Starts everything and the load. `closing` ends it again, also when this fails half-way. */
  static async open(options: CommonOptions, closing: Closing, say: (text: string) => void): Promise<EmbeddedArena> {
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'));
    closing.add(() => rm(directory, { recursive: true, force: true }));
    const receivers = await startReceivers();
    closing.add(() => receivers.close());
    const modelsDirectory = join(directory, 'models');
    const champion = await writeQuickRelease(modelsDirectory, 1, options.horizonSeconds);
    await writeFile(join(modelsDirectory, 'champion'), champion);
    const arena = new EmbeddedArena(options, { directory, receivers, modelsDirectory }, say);
    closing.add(() => arena.#end());
    say('starting Holdfast');
    await arena.holdfast.start();
    arena.load.start();
    await arena.comesTo(Date.now());
    return arena;
  }

  /** The log at rest. */
  get broker(): Broker {
    if (!this.#broker) throw new Error('The log has not been opened: the pipeline is not at rest.');
    return this.#broker;
  }

  /** A folder of the scenario's own. */
  folder(name: string): string {
    return join(this.base.directory, name);
  }

  /** Another Holdfast, in a folder of this name; not started yet. */
  install(name: string): Installation {
    const installation = new Installation({
      folder: this.folder(name),
      environment: () => this.#environment,
      onLine: (line) => this.hear('Holdfast', line),
      faults: this.faults,
    });
    this.#installations.push(installation);
    return installation;
  }

  async rest(): Promise<void> {
    const { load, say } = this;
    say('waiting for the last answers');
    await load.stop();
    await this.holdfast.stop();
    const lastTick = Date.now() + 1_000;
    const broker = await openEmbeddedBroker({ directory: this.holdfast.log });
    await writeLastTick(broker, lastTick);
    await broker.close();
    say('waiting for the pipeline to catch up');
    this.#environment = { ...this.#environment, INGEST_TICK_MS: STANDSTILL };
    await this.holdfast.start();
    for (const stage of ['features', 'scoring', 'dispatch'])
      await until(`${stage} to apply everything`, async () =>
        (await this.#reached(stage)) === lastTick ? null : 'it is not at its end',
      );
    const database = await openDatabase(await this.holdfast.databaseUrl(), { poolSize: 2 });
    await until('dispatch to send everything', () => queueOfDispatch(database)).finally(() => database.close());
    await this.holdfast.stop();
  }

  async halt(): Promise<void> {
    this.load.abandon();
    await this.holdfast.kill();
    await this.holdfast.gone();
  }

  async check(): Promise<Verdict> {
    await this.holdfast.stop();
    const { receivers, modelsDirectory } = this.base;
    const server = await startEmbeddedPostgres({ directory: this.holdfast.postgres });
    this.#reading.add(() => server.stop());
    const broker = await openEmbeddedBroker({
      directory: this.holdfast.log,
      log: (line) => this.hear('the log', line),
    });
    this.#reading.add(() => broker.close());
    this.#broker = broker;
    const evidence = {
      databaseUrl: server.url,
      modelsDirectory,
      dispatchEnvironment: { ...dispatchEnvironment(this.base), ...this.options.environment },
      accepted: this.load.accepted,
      deliveries: receivers.deliveries,
    };
    return examine(evidence, { broker, say: this.say });
  }

  /** Closes log and database, so that Holdfast can be started on them again. */
  async closeLog(): Promise<void> {
    this.#broker = undefined;
    await this.#reading.run();
  }

  protected async comesTo(at: Millis): Promise<void> {
    const deadline = performance.now() + RECOVERY_LIMIT * 1_000;
    while ((await this.#reached('scoring')) < at) {
      if (performance.now() > deadline)
        throw new Error(`After ${RECOVERY_LIMIT} s not every partition had come out of scoring.`);
      await this.pause(100);
    }
  }

  async #reached(stage: string): Promise<Millis> {
    const { url } = this.holdfast;
    return url === null ? 0 : streamTime(url, stage, this.options.partitions);
  }

  async #end(): Promise<void> {
    this.load.abandon();
    await this.closeLog();
    for (const installation of this.#installations) await installation.destroy();
  }
}
