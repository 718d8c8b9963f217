// 11. The whole of Holdfast in one process is killed at any moment, with its embedded log and its PostgreSQL; its log is damaged.
import { cp } from 'node:fs/promises';
import { basename } from 'node:path';

import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK } from '@holdfast/schemas';

import { judge, readAll, readDamaged, type Readings } from '../arena/damage.js';
import { EmbeddedArena } from '../arena/embedded-arena.js';
import { whyNotReady } from '../arena/fleet.js';
import { chooseByte, flip, type FlippedByte } from '../arena/flipped-byte.js';
import { until } from '../arena/rest.js';
import { isCutOff, tearTail } from '../arena/torn-tail.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 30;
const SETTING_UP = 5;
const FLIPPED = 10;
/** A start takes about so long, ms. */
const START_MS = 2_500;
/** Without one of these the pipeline stands still. */
const PIPELINE = [BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK].map(({ name }) => name);

export const embedded: Scenario<EmbeddedArena> = {
  number: 11,
  name: 'embedded',
  promise:
    'Holdfast in one process is killed at any moment, also while it starts: a torn tail of its log is cut off, a corrupt record ' +
    'is named and stops its partition, nothing is skipped in silence, and no process stays behind.',
  mayRepeatSends: true,
  least: {
    kill: ROUNDS,
    'kill while setting up': SETTING_UP,
    'kill while starting': ROUNDS / 3,
    'torn tail': ROUNDS / 3,
    'flipped byte': FLIPPED,
    'flipped byte of a header': FLIPPED / 2,
    'start on a damaged log': 1,
  },
  open: (options, closing, say) => EmbeddedArena.open(options, closing, say),
  async strike(arena) {
    await killSettingUp(arena);
    for (let round = 0; round < arena.rounds(ROUNDS); round++) {
      await arena.holdfast.kill();
      arena.struck('kill');
      arena.say('killed Holdfast');
      if (round % 3 === 0) await killStarting(arena);
      if (round % 3 === 0) await startOnTornTail(arena);
      else await arena.holdfast.start();
      await (round % 3 === 2 ? arena.recovers() : arena.pause(0, 3_000));
    }
  },
  async examine(_, arena) {
    const copy = arena.folder('copy');
    await cp(arena.holdfast.log, copy, { recursive: true, filter: (path) => basename(path) !== 'lock' });
    const before = await readAll(arena.broker);
    const faults: string[] = [];
    const read = async (byte: FlippedByte): Promise<Readings> => {
      const found = await readDamaged(copy, byte, before);
      faults.push(...judge(byte, found, before));
      return found;
    };
    for (let n = 0; n < arena.rounds(FLIPPED); n++) {
      await read(await chooseByte(copy, arena.random, 'anywhere'));
      arena.struck('flipped byte');
    }
    for (let n = 0; n < arena.rounds(FLIPPED / 2); n++) {
      await read(await chooseByte(copy, arena.random, 'header'));
      arena.struck('flipped byte of a header');
    }
    for (;;) {
      const byte = await chooseByte(copy, arena.random, 'anywhere');
      const found = await read(byte);
      const damage = [...found].find(([place, reading]) => reading.damage && PIPELINE.some((t) => place.startsWith(t)));
      if (!damage) continue;
      await startOnDamage(arena, byte, damage[1].damage!.message);
      return faults;
    }
  },
};

/** A Holdfast that has never come to its feet: its folder must not be spoilt for the next start. */
async function killSettingUp(arena: EmbeddedArena): Promise<void> {
  const kind = 'kill while setting up';
  let left = arena.rounds(SETTING_UP);
  for (let n = 0; left > 0; n++) {
    const fresh = arena.install(`fresh-${n}`);
    for (; left > 0 && (await fresh.killWhileStarting(arena.random() * START_MS)); left--) arena.struck(kind);
    await fresh.start();
    await fresh.stop();
  }
}

async function killStarting(arena: EmbeddedArena): Promise<void> {
  while (!(await arena.holdfast.killWhileStarting(arena.random() * START_MS)));
  arena.struck('kill while starting');
  arena.say('killed Holdfast while it started');
}

async function startOnTornTail(arena: EmbeddedArena): Promise<void> {
  const torn = await tearTail(arena.holdfast.log, arena.random);
  await arena.holdfast.start();
  if (arena.lines.some((line) => isCutOff(torn, line))) arena.struck('torn tail');
  else arena.faults.push(`${torn.bytes} bytes of an unfinished write were not cut off ${torn.file} in so many words.`);
}

/** It says what is damaged, and that it is not ready for that reason. */
async function startOnDamage(arena: EmbeddedArena, byte: FlippedByte, damage: string): Promise<void> {
  const [copy, log] = [arena.folder('copy'), arena.holdfast.log];
  await arena.closeLog();
  await flip({ ...byte, file: byte.file.replace(copy, log) });
  await arena.holdfast.start();
  const sentence = damage.replace(copy, log);
  if (!arena.lines.some((line) => line.includes(sentence)))
    arena.faults.push(`Holdfast did not say at its start: ${sentence}`);
  await until('Holdfast to be unready because of its damaged log', async () => {
    const lack = (await whyNotReady({ url: arena.holdfast.url ?? '' })) ?? 'it is ready';
    return lack.includes(sentence) ? null : lack;
  });
  arena.struck('start on a damaged log');
}
