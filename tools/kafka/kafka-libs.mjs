// Kafka's jars, fetched once by Maven from the pinned pom into .holdfast/kafka-libs. Concurrent runs wait for the first.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', '..', '.holdfast', 'kafka-libs');
const pom = join(here, 'pom.xml');

/** Java 17 or Maven is missing, or the jars could not be fetched. The message is a sentence for the user. */
export class LocalKafkaUnavailable extends Error {
  name = 'LocalKafkaUnavailable';
}

/** Why a local Kafka cannot be started here, in one sentence; null when it can. `otherwise`: what one may do instead. @returns {string | null} */
export function whyNoLocalKafka(otherwise = 'set KAFKA_BROKERS to a Kafka that runs') {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(`${java.stderr ?? ''}${java.stdout ?? ''}`)?.[1] ?? 0);
  if (version < 17) {
    const found = version === 0 ? 'no Java was found' : `Java ${version} was found`;
    return `A local Kafka needs Java 17 or newer, and ${found}: install it, or ${otherwise}.`;
  }
  if (isComplete()) return null;
  // The Windows launcher is a script, which only a shell can start.
  const maven = spawnSync('mvn', ['-version'], { shell: process.platform === 'win32' });
  if (maven.status === 0) return null;
  return `A local Kafka needs Maven to fetch Kafka once, and it was not found: install Maven, or ${otherwise}.`;
}

const wanted = () => createHash('sha256').update(readFileSync(pom)).digest('hex');
const marker = join(folder, 'complete');
const isComplete = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted();

/** The class path. Throws `LocalKafkaUnavailable`. @returns {Promise<string>} */
export async function kafkaClassPath() {
  const reason = whyNoLocalKafka();
  if (reason) throw new LocalKafkaUnavailable(reason);
  if (!isComplete()) await underLock(fetchJars);
  return join(folder, '*');
}

async function underLock(work) {
  const lock = `${folder}.lock`;
  mkdirSync(dirname(folder), { recursive: true });
  for (;;) {
    try {
      const fd = openSync(lock, 'wx');
      writeFileSync(fd, String(process.pid));
      closeSync(fd);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isDead(lock)) rmSync(lock, { force: true });
      else await delay(200);
    }
  }
  try {
    if (!isComplete()) await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isDead(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function fetchJars() {
  rmSync(folder, { recursive: true, force: true });
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  const maven = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let output = '';
  maven.stdout.on('data', (chunk) => (output += chunk));
  maven.stderr.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve) => {
    maven.once('error', () => resolve(-1));
    maven.once('close', resolve);
  });
  if (status !== 0) {
    const reason = /\[(?:ERROR|FATAL)\] (?!\[ERROR\])(\S.*)/.exec(output)?.[1] ?? `exit code ${status}`;
    throw new LocalKafkaUnavailable(
      `Maven could not fetch Kafka (${reason.trim()}): check the network and Maven's settings, then try again.`,
    );
  }
  writeFileSync(marker, wanted());
}
