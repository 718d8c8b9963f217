// What a score costs: the network's kernel against ONNX Runtime, on one core and with the same weights. ONNX Runtime runs over the last 50 steps anew,
// as who keeps no memory per customer has to; it is also given the memory, one step for one customer and for 64 together.
import { initialLstmState, kernelOf } from '@holdfast/model';
import { randomArtifact, seededRandom } from '@holdfast/model/fixtures';

import { lstmModel, onnxRuntime } from './onnx.mjs';
import { median, quantile } from './processes.mjs';
import { row } from './results.mjs';

const WINDOW = 50;
const BATCH = 64;
/** Of the calls of one run, after as many that do not count. */
const CALLS = 2_000;

/** `runs` times each, in turn. */
export async function kernel({ runs = 5 } = {}) {
  const onnx = onnxRuntime();
  const rows = [];
  for (const hidden of [32, 64]) rows.push(...(await compare(onnx, hidden, runs)));
  return rows;
}

async function compare(onnx, hidden, runs) {
  const artifact = randomArtifact({ stepSize: 29, wideSize: 55, hidden });
  const inputs = artifact.stepSize + artifact.embedding.size;
  const random = seededRandom(1);
  // A third of an event's inputs are 0.
  const steps = (count) =>
    Float32Array.from({ length: count * inputs }, () => (random() < 0.33 ? 0 : 2 * random() - 1));
  const ours = oursOf(artifact, steps);
  const theirs = onnx && (await theirsOf(onnx, artifact, steps));
  /** Per kind, of each run: microseconds a call, in the middle and at the 99th percentile. */
  const measured = {};
  const measure = async (name, call, calls) => {
    const one = await timesOf(call, calls);
    (measured[name] ??= []).push({ middle: median(one), p99: quantile(one, 0.99) });
  };
  for (let run = 0; run < runs; run++) {
    for (const [name, call] of Object.entries(ours)) await measure(`ours ${name}`, call, CALLS);
    if (theirs) for (const [name, call] of Object.entries(theirs)) await measure(`theirs ${name}`, call, CALLS / 4);
  }
  const of = (name, what = 'middle') => measured[name] && median(measured[name].map((one) => one[what]));
  const held = (value, peer, about) =>
    peer === undefined
      ? { runs }
      : {
          runs,
          against: `ONNX Runtime ${onnx.env.versions.node}, one thread, ${about}: ${round(peer)}`,
          ratio: round(value / peer),
        };
  const step = of('ours step');
  const [p99, theirP99] = [of('ours step', 'p99'), of('theirs step', 'p99')];
  const [batch, theirBatch] = [of('ours batch') / BATCH, theirs ? of('theirs batch') / BATCH : undefined];
  return [
    row(
      `kernel, H = ${hidden}, a step of one customer`,
      round(step),
      'µs',
      held(step, of('theirs window'), `the last ${WINDOW} steps anew`),
    ),
    row(`kernel, H = ${hidden}, a step of one customer, p99`, round(p99), 'µs', held(p99, theirP99, 'one step, p99')),
    row(
      `kernel, H = ${hidden}, a step in a batch of ${BATCH}`,
      round(batch),
      'µs',
      held(batch, theirBatch, `batch of ${BATCH}`),
    ),
    row(`kernel, H = ${hidden}, the curve at ${artifact.knotsDays.length} silences`, round(of('ours curve')), 'µs', {
      runs,
    }),
  ];
}

function oursOf(artifact, steps) {
  const memory = (count) => initialLstmState(count * artifact.hidden);
  const [one, many] = [memory(1), memory(BATCH)];
  const [input, batch] = [steps(1), steps(BATCH)];
  const kernel = kernelOf(artifact);
  const wide = (days, out) => (out[0] = days);
  return {
    step: () => kernel.step(one, input),
    batch: () => kernel.step(many, batch),
    curve: () => kernel.curve(one.h, wide),
  };
}

async function theirsOf(onnx, { hidden, lstm, stepSize, embedding }, steps) {
  const inputs = stepSize + embedding.size;
  const weights = onnxWeights(lstm, inputs, hidden);
  const session = async (length, batch) => {
    const bytes = lstmModel({ steps: length, batch, inputs, hidden, weights });
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
    const running = await onnx.InferenceSession.create(bytes, options);
    const feed = {
      X: new onnx.Tensor('float32', steps(length * batch), [length, batch, inputs]),
      h: new onnx.Tensor('float32', new Float32Array(batch * hidden), [1, batch, hidden]),
      c: new onnx.Tensor('float32', new Float32Array(batch * hidden), [1, batch, hidden]),
    };
    return () => running.run(feed);
  };
  return { window: await session(WINDOW, 1), step: await session(1, 1), batch: await session(1, BATCH) };
}

/** Keras' weights [rows × 4H], gates i f c o, as ONNX has them: [4H × rows], gates i o f c. */
function onnxWeights({ kernel, recurrent, bias }, inputs, hidden) {
  const gates = [0, 3, 1, 2];
  const turned = (matrix, rows) =>
    Float32Array.from({ length: 4 * hidden * rows }, (_, at) => {
      const [column, r] = [Math.floor(at / rows), at % rows];
      return matrix[r * 4 * hidden + gates[Math.floor(column / hidden)] * hidden + (column % hidden)];
    });
  const B = new Float32Array(8 * hidden);
  B.set(turned(bias, 1));
  return { W: turned(kernel, inputs), R: turned(recurrent, hidden), B };
}

/** Microseconds of each call, once it is compiled. */
async function timesOf(call, calls) {
  const times = [];
  for (let i = -calls; i < calls; i++) {
    const started = process.hrtime.bigint();
    const pending = call();
    if (pending?.then) await pending;
    if (i >= 0) times.push(Number(process.hrtime.bigint() - started) / 1_000);
  }
  return times;
}

const round = (value) => Number(value.toPrecision(3));
