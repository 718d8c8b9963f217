// How fast the network learns: cell steps a second (a step of one customer through the LSTM, there and back) on Online Retail II, in WebAssembly on
// one thread, against the same network in PyTorch on the same batches, one thread, where Python has it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../tools/prepare.mjs';
import { median } from './processes.mjs';
import { runPython } from './python.mjs';
import { row } from './results.mjs';

const EPOCHS = 2;
const TORCH = `
import json, struct, sys, time
import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

torch.set_num_threads(1)
torch.manual_seed(0)
file, steps_size, wide_size, buckets, embedding, hidden, epochs = sys.argv[1], *map(int, sys.argv[2:])
batches = []
with open(file, 'rb') as f:
    while head := f.read(8):
        n, longest = struct.unpack('<II', head)
        take = lambda count, kind: torch.from_numpy(np.frombuffer(f.read(4 * count), kind).copy())
        batches.append(dict(counts=take(longest, '<i4').long(), steps=take(n * steps_size, '<f4').view(n, -1), categories=take(n, '<i4').long(),
            wide=take(2 * n * wide_size, '<f4').view(2 * n, -1), silence=take(4 * n, '<f4').view(2 * n, 2), label=take(2 * n, '<f4'), weight=take(2 * n, '<f4')))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(buckets, embedding)
        self.lstm = nn.LSTM(steps_size + embedding, hidden)
        self.head = nn.Sequential(nn.Dropout(.1), nn.Linear(hidden + wide_size + 2, 32), nn.ReLU(), nn.Dropout(.1), nn.Linear(32, 1))
        self.skip = nn.Linear(wide_size, 1, bias=False)
    def forward(self, b):
        x = torch.cat([b['steps'], self.embedding(b['categories'])], 1)
        h = self.lstm(PackedSequence(x, b['counts']))[0].data
        return (self.head(torch.cat([torch.cat([h, h]), b['wide'], b['silence']], 1)) + self.skip(b['wide'])).squeeze(1)

net = Net()
optimiser = torch.optim.Adam(net.parameters(), 3e-3, weight_decay=1e-4)
def epoch():
    for b in batches:
        optimiser.zero_grad()
        loss = (nn.functional.binary_cross_entropy_with_logits(net(b), b['label'], reduction='none') * b['weight']).sum() / 1e4
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1)
        optimiser.step()
epoch()
started, cpu = time.perf_counter(), time.process_time()
for _ in range(epochs): epoch()
print(json.dumps(dict(wall=time.perf_counter() - started, cpu=time.process_time() - cpu, version=torch.__version__)))
`;

/** Fits `runs` times each, in turn. */
export async function training({ runs = 3 } = {}) {
  const of = (project, file) => import(join(root, project, 'dist', `${file}.js`));
  const { prepareTask } = await of('apps/trainer', 'evaluate/prepare-task');
  const { startBackend } = await of('apps/trainer', 'backend');
  const { sequencesOf } = await of('libs/training', 'training-set');
  const { scaleOf } = await of('libs/training', 'median-order');
  const { batchSizeOf } = await of('libs/training', 'fit');
  const { HIDDEN, EMBEDDING_SIZE } = await of('libs/training', 'networks/encoder');
  const { batchOf } = await of('libs/training', 'batch');
  const { randomFor, shuffled } = await of('libs/training', 'random');
  const { Network, LSTM_WIDE, firstWeights, masksFor } = await of('libs/training', 'networks/network');
  const { adam } = await of('libs/training', 'optimiser');
  const { STEP_SIZE, WIDE_SIZE, CATEGORY_BUCKETS } = await import('@holdfast/features');
  await startBackend('wasm');
  const { task } = await prepareTask({ data: 'online-retail-ii', minPurchases: 1, split: null });
  const scale = scaleOf(task);
  const sequences = sequencesOf(task.histories, task, { scale, wholeDays: false });
  const size = batchSizeOf(sequences.length);
  const random = randomFor(0, 'bench');
  const mixed = shuffled(sequences, random);
  const scaler = { mean: new Float32Array(WIDE_SIZE), deviation: new Float32Array(WIDE_SIZE).fill(10) };
  const batches = Array.from({ length: Math.ceil(mixed.length / size) }, (_, i) =>
    batchOf(mixed.slice(i * size, (i + 1) * size), { scaler, random }),
  );
  const cells = EPOCHS * batches.reduce((sum, { categories }) => sum + categories.length, 0);

  const epochsOf = (network, optimiser, epochs) => {
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const batch of batches)
        optimiser.step(() => network.loss(batch, 1e4, masksFor(batch.label.length, 0.1, random)));
  };
  const own = () => {
    const network = new Network(LSTM_WIDE, firstWeights(LSTM_WIDE, randomFor(0, 'weights')));
    const optimiser = adam(network.variables);
    epochsOf(network, optimiser, 1); // compiled code
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    epochsOf(network, optimiser, EPOCHS);
    const { user, system } = process.cpuUsage(cpu);
    optimiser.dispose();
    network.dispose();
    return { wall: (performance.now() - started) / 1_000, cpu: (user + system) / 1e6 };
  };

  const folder = await mkdtemp(join(tmpdir(), 'holdfast-training-'));
  try {
    const file = join(folder, 'batches');
    await writeFile(file, Buffer.concat(batches.flatMap(bytesOf)));
    const sizes = [STEP_SIZE, WIDE_SIZE, CATEGORY_BUCKETS, EMBEDDING_SIZE, HIDDEN, EPOCHS];
    const [ours, peer] = [[], []];
    for (let run = 0; run < runs; run++) {
      ours.push(own());
      const theirs = await runPython(TORCH, [file, ...sizes], { name: 'PyTorch', pip: 'torch' });
      if (theirs) peer.push(theirs);
    }
    const rate = (some, what) => Math.round(median(some.map((one) => cells / one[what])));
    return ['wall', 'cpu'].map((what) => {
      const name = `training LSTM + wide of ${sequences.length} customers, cell steps a second of ${what === 'cpu' ? 'CPU' : 'wall'} time`;
      const against = peer.length > 0 && `PyTorch ${peer[0].version}, one thread: ${rate(peer, what)}`;
      const held = against ? { against, ratio: Number((rate(ours, what) / rate(peer, what)).toFixed(3)) } : {};
      return row(name, rate(ours, what), '/s', { ...held, runs });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Steps, customers by step, then everything, little endian, four bytes each. */
const bytesOf = ({ counts, steps, categories, wide, silence, label, weight }) =>
  [
    Uint32Array.of(categories.length, counts.length),
    Int32Array.from(counts),
    ...[steps, categories, wide, silence, label, weight],
  ].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
