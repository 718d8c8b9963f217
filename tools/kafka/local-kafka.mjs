// A real Kafka (KRaft, one node) on free ports of this machine, for `npm start -- --kafka` and the tests.
// On its own: `node tools/kafka/local-kafka.mjs [DIRECTORY]` runs one until Ctrl-C and prints its address.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { kafkaClassPath, LocalKafkaUnavailable, whyNoLocalKafka } from './kafka-libs.mjs';

export { LocalKafkaUnavailable, whyNoLocalKafka };

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Settings of one node; every node of a cluster is broker and controller. Topics are kept by up to three nodes, and written to two.
 * Behind a proxy it listens once more, and tells who comes that way to go on coming that way.
 */
const properties = ({ home, id, port, controllerPort, behind, voters }) => `
process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${voters.map((voter) => `${voter.id}@127.0.0.1:${voter.controllerPort}`).join(',')}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${behind ? `,PROXIED://127.0.0.1:${behind.port}` : ''}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${behind ? `,PROXIED://127.0.0.1:${behind.proxyPort}` : ''}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT
log.dirs=${join(home, 'data').replaceAll('\\', '/')}
auto.create.topics.enable=false
default.replication.factor=${Math.min(3, voters.length)}
min.insync.replicas=${Math.min(2, voters.length)}
offsets.topic.replication.factor=${Math.min(3, voters.length)}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=50
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=4
`;

/**
 * Starts Kafka in a directory (kept: starting there again finds the same topics) and resolves when it answers.
 * It ends with `stop`, and also when this process ends in whatever way. Throws `LocalKafkaUnavailable` with a sentence.
 * @param {{ directory: string, port?: number, log?: (message: string) => void }} options port 0 or absent: a free one
 */
export async function startLocalKafka({ directory, port = 0, log = () => {} }) {
  const { brokers, nodes, stop } = await startKafkaCluster({ directory, port });
  log(`Kafka runs at ${brokers} (process ${nodes[0].pid}, log ${nodes[0].output}).`);
  return { brokers, pid: nodes[0].pid, stop };
}

/**
 * Like {@link startLocalKafka}, with several nodes on one machine: each can be killed and started again at its address.
 * @param {{ directory: string, nodes?: number, port?: number, proxyPorts?: readonly number[] }} options port: of the first node;
 * proxyPorts: of a TCP proxy before each node, which is to lead to its `proxiedPort`
 */
export async function startKafkaCluster({ directory, nodes: count = 1, port = 0, proxyPorts = [] }) {
  const classPath = await kafkaClassPath();
  const root = resolve(directory);
  const voters = [];
  for (let id = 1; id <= count; id++) {
    const home = count === 1 ? root : join(root, `node-${id}`);
    const brokerPort = id === 1 && port !== 0 ? port : await freePort();
    const proxyPort = proxyPorts[id - 1];
    const behind = proxyPort === undefined ? null : { port: await freePort(), proxyPort };
    voters.push({ id, home, port: brokerPort, controllerPort: await freePort(), behind });
  }
  const clusterId = randomBytes(16).toString('base64url');
  const nodes = voters.map((voter) => new KafkaNode(classPath, { ...voter, voters, clusterId }));
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    // A quorum answers only once most of it runs.
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers: nodes.map(({ address }) => address).join(','), nodes, stop };
}

/** One node, running or not. */
class KafkaNode {
  #process = null;

  constructor(classPath, settings) {
    const java = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
    this.java = [...java, '-cp', classPath];
    this.settings = settings;
    this.output = join(settings.home, 'kafka.log');
    this.address = `127.0.0.1:${settings.port}`;
  }

  get pid() {
    return this.#process.pid;
  }

  /** Where it listens for what comes through its proxy. */
  get proxiedPort() {
    return this.settings.behind?.port ?? null;
  }

  async start() {
    const { home, port, clusterId } = this.settings;
    const config = join(home, 'server.properties');
    mkdirSync(home, { recursive: true });
    writeFileSync(config, properties(this.settings));
    if (!existsSync(join(home, 'data', 'meta.properties'))) format(this.java, config, clusterId);
    this.#process = await launch([...this.java, 'kafka.Kafka', config], this.output);
    await untilAnswering(this.#process, port, this.output);
  }

  /** Ends it in order. */
  async stop() {
    await this.#process?.stop();
  }

  /** Ends it without warning. */
  async kill() {
    process.kill(this.pid, 'SIGKILL');
    await this.#process.exited;
  }
}

function format(java, config, clusterId) {
  const args = [...java, 'kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', config];
  const { status, stderr } = spawnSync('java', args, { encoding: 'utf8' });
  if (status !== 0) throw new LocalKafkaUnavailable(`Kafka could not format its data folder: ${stderr.trim()}`);
}

// Ends Kafka when our end of the pipe closes, so that not even kill -9 leaves it behind.
const SUPERVISOR =
  'exec 3<&0; "$@" </dev/null 3<&- & pid=$!; echo $pid; exec 1>&-; (cat <&3 >/dev/null; kill $pid; kill -CONT $pid) 2>/dev/null & wait $pid';

async function launch(args, output) {
  const fd = openSync(output, 'a');
  const isWindows = process.platform === 'win32';
  const [command, line] = isWindows
    ? ['java', args]
    : ['sh', ['-c', SUPERVISOR.replace('"$@"', `"$@" >>"$KAFKA_LOG" 2>&1`), 'kafka', 'java', ...args]];
  const child = spawn(command, line, {
    stdio: ['pipe', isWindows ? fd : 'pipe', fd],
    env: { ...process.env, KAFKA_LOG: output },
  });
  closeSync(fd);
  const exited = new Promise((done) => child.once('exit', done));
  let isRunning = true;
  void exited.then(() => {
    isRunning = false;
    child.stdin.destroy();
  });
  child.stdin.on('error', () => {});
  const pid = isWindows ? child.pid : Number(String((await once(child.stdout, 'data'))[0]));
  const onExit = () => isRunning && process.kill(pid);
  process.once('exit', onExit);
  let stopping;
  const stop = () =>
    (stopping ??= (async () => {
      process.off('exit', onExit);
      if (isRunning) process.kill(pid, 'SIGTERM');
      const timer = setTimeout(() => isRunning && process.kill(pid, 'SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    })());
  return { pid, stop, exited, isRunning: () => isRunning };
}

async function untilAnswering(kafka, port, output) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isAnswering(port))) {
    if (!kafka.isRunning() || Date.now() > deadline) {
      const tail = readFileSync(output, 'utf8').trim().split('\n').slice(-5).join('\n');
      const what = kafka.isRunning() ? 'did not answer in time' : 'ended while starting';
      throw new LocalKafkaUnavailable(`Kafka ${what}; the end of ${output}:\n${tail}`);
    }
    await delay(100);
  }
}

/** Sends an ApiVersions request; a broker answers it only once it is ready to serve. */
async function isAnswering(port) {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(2_000, () => socket.destroy());
  const request = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);
  return new Promise((done) => {
    socket.once('connect', () => socket.write(request));
    socket.once('data', () => (done(true), socket.destroy()));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const directory = process.argv[2] ?? join('.holdfast', 'kafka');
    const kafka = await startLocalKafka({ directory });
    process.stdout.write(`${kafka.brokers}\n`);
    const stop = () => void kafka.stop().then(() => process.exit(0));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
