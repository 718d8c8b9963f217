// ONNX Runtime, which the kernel is held against: installed beside the repository's own packages on first use, and an LSTM for it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { root } from '../tools/prepare.mjs';

const VERSION = '1.30.0';

/** The package; null: it could not be installed, which is said. */
export function onnxRuntime() {
  const folder = join(root, '.holdfast', 'bench', `onnxruntime-${VERSION}`);
  if (!existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) {
    process.stderr.write('Installing ONNX Runtime for the benchmark (once, 290 MB) …\n');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', `onnxruntime-node@${VERSION}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }, // else it looks for a GPU's libraries
      shell: process.platform === 'win32',
    });
    if (status !== 0) {
      process.stderr.write('Without ONNX Runtime there is nothing to hold the kernel against.\n');
      return null;
    }
  }
  return createRequire(join(folder, 'package.json'))('onnxruntime-node');
}

/**
 * An LSTM with these weights as an ONNX model: X [steps × batch × inputs], h and c [1 × batch × hidden] → Yh, Yc.
 * @param weights W [4H × inputs], R [4H × H], B [8H], gates in the order i o f c
 */
export function lstmModel({ steps, batch, inputs, hidden, weights }) {
  const names = (field, all) => all.map((name) => bytes(field, name));
  const node = message(
    ...names(1, ['X', 'W', 'R', 'B', '', 'h', 'c']),
    ...names(2, ['', 'Yh', 'Yc']),
    bytes(4, 'LSTM'),
    bytes(5, message(bytes(1, 'hidden_size'), number(3, hidden), number(20, 2))),
  );
  const graph = message(
    bytes(1, node),
    bytes(2, 'lstm'),
    tensor('W', [1, 4 * hidden, inputs], weights.W),
    tensor('R', [1, 4 * hidden, hidden], weights.R),
    tensor('B', [1, 8 * hidden], weights.B),
    shape(11, 'X', [steps, batch, inputs]),
    ...['h', 'c'].map((name) => shape(11, name, [1, batch, hidden])),
    ...['Yh', 'Yc'].map((name) => shape(12, name, [1, batch, hidden])),
  );
  return message(number(1, 8), bytes(8, message(bytes(1, ''), number(2, 14))), bytes(7, graph));
}

// Protocol buffers, as far as a model of one node needs them (onnx.proto3).
const message = (...fields) => Buffer.concat(fields);
const number = (field, value) => message(varint(field << 3), varint(value));
function bytes(field, value) {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return message(varint((field << 3) | 2), varint(content.length), content);
}
function varint(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return Buffer.from([...out, value]);
}
const tensor = (name, dims, values) =>
  bytes(5, message(...dims.map((dim) => number(1, dim)), number(2, 1), bytes(8, name), bytes(9, raw(values))));
const raw = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const shape = (field, name, dims) => {
  const sizes = message(...dims.map((dim) => bytes(1, number(1, dim))));
  return bytes(field, message(bytes(1, name), bytes(2, bytes(1, message(number(1, 1), bytes(2, sizes))))));
};
