// The network in WebAssembly (libs/model/kernel). One memory serves all networks: the weights of the one that is asked for are copied in when
// they are not those that are there, which takes some ten microseconds.
import { type Artifact } from './artifact.js';
import { KERNEL_BYTES } from './kernel-bytes.js';
import { BATCH, imageOf, inputsOf, knotRowsOf, type Layout, layoutOf, TILE } from './kernel-layout.js';
import { type Kernel, type WideOfKnot } from './kernel.js';
import { type LstmState } from './lstm.js';

const FLOAT = 4;
const PAGE = 65_536;

/** What of it is used here: TypeScript knows it for browsers alone. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const memory = new WebAssembly.Memory({ initial: 1 });
const kernel = new WebAssembly.Instance(
  new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BYTES), (character) => character.charCodeAt(0))),
  { env: { memory } },
).exports as { readonly lstm: (...of: number[]) => void; readonly head: (...of: number[]) => void };

/** The memory, in floats. */
let floats = new Float32Array(memory.buffer);
/** Whose weights lie in it. */
let present: Artifact | undefined;

/** Copies a network in. */
function load(artifact: Artifact, image: Float32Array, { end }: Layout): void {
  if (floats.length < end) {
    memory.grow(Math.ceil((end * FLOAT - memory.buffer.byteLength) / PAGE));
    floats = new Float32Array(memory.buffer);
  }
  floats.set(image);
  present = artifact;
}

/** The kernel of a network; null when its sizes are not multiples of what is computed at a time. */
export function wasmKernel(artifact: Artifact): Kernel | null {
  const { hidden, wideSize, knotsDays, dense, output, calibration } = artifact;
  const units = dense.bias.length;
  if (hidden % 4 !== 0 || units % TILE !== 0) return null;
  const layout = layoutOf(artifact);
  const image = imageOf(artifact, layout);
  const knotRows = knotRowsOf(artifact, layout);
  const inputSize = inputsOf(artifact);
  const width = inputSize + hidden;
  const wide = new Float32Array(wideSize);

  function stepTogether(memories: readonly LstmState[], inputs: Float32Array): void {
    memories.forEach(({ h, c }, i) => {
      const row = layout.inputs + i * width;
      for (let j = 0; j < inputSize; j++) floats[row + j] = inputs[i * inputSize + j]!;
      floats.set(h, row + inputSize);
      floats.set(c, layout.c + i * hidden);
    });
    kernel.lstm(memories.length, width, hidden, ...bytesOf(layout.inputs, layout.lstm, layout.c, layout.h));
    memories.forEach(({ h, c }, i) => {
      for (let j = 0; j < hidden; j++) {
        h[j] = floats[layout.h + i * hidden + j]!;
        c[j] = floats[layout.c + i * hidden + j]!;
      }
    });
  }

  return {
    step(memories, inputs) {
      if (present !== artifact) load(artifact, image, layout);
      for (let first = 0; first < memories.length; first += BATCH) {
        const some = memories.slice(first, first + BATCH);
        stepTogether(some, inputs.subarray(first * inputSize));
      }
    },

    curve(h: Float32Array, wideOfKnot: WideOfKnot) {
      if (present !== artifact) load(artifact, image, layout);
      const { knotWidth, knots, sums } = layout;
      floats.set(knotRows, knots);
      for (let k = 0; k < knotsDays.length; k++) {
        wideOfKnot(knotsDays[k]!, wide);
        floats.set(wide, knots + k * knotWidth);
      }
      floats.set(h, layout.h);
      const places = bytesOf(layout.h, knots, layout.scaler, layout.dense, layout.outer, sums);
      kernel.head(knotsDays.length, hidden, knotWidth, units, ...places);
      const logits = new Float64Array(knotsDays.length);
      let highest = -Infinity;
      for (let k = 0; k < logits.length; k++) {
        const at = sums + 4 * k;
        const raw = output.bias + floats[at]! + floats[at + 1]! + floats[at + 2]! + floats[at + 3]!;
        highest = Math.max(highest, raw);
        logits[k] = highest * calibration.slope;
      }
      return logits;
    },
  };
}

const bytesOf = (...places: number[]): number[] => places.map((place) => place * FLOAT);
