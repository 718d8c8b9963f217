// The network in WebAssembly (libs/model/kernel). One memory serves all networks: the weights of the one that is asked for are copied in when
// they are not those that are there, which takes some ten microseconds.
import { type Artifact, inputsOf } from './artifact.js';
import { KERNEL_BYTES } from './kernel-bytes.js';
import { BATCH, imageOf, knotRowsOf, type Layout, layoutOf, TILE } from './kernel-layout.js';
import { type Kernel, type WideOfKnot } from './kernel.js';

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
  const wide = new Float32Array(wideSize);
  const places = bytesOf(layout.inputs, layout.h, layout.c, layout.lstm, layout.rows);
  const headPlaces = bytesOf(layout.h, layout.knots, layout.scaler, layout.dense, layout.outer, layout.sums);

  return {
    step({ h, c }, inputs) {
      if (present !== artifact) load(artifact, image, layout);
      const count = h.length / hidden;
      if (inputs.length !== count * inputSize)
        throw new RangeError(`inputs must be ${count} × ${inputSize} numbers, not ${inputs.length}`);
      for (let first = 0; first < count; first += BATCH) {
        const n = Math.min(BATCH, count - first);
        write(layout.inputs, inputs, first * inputSize, n * inputSize);
        write(layout.h, h, first * hidden, n * hidden);
        write(layout.c, c, first * hidden, n * hidden);
        kernel.lstm(n, inputSize, hidden, ...places);
        read(layout.h, h, first * hidden, n * hidden);
        read(layout.c, c, first * hidden, n * hidden);
      }
    },

    curve(h: Float32Array, wideOfKnot: WideOfKnot) {
      const { knotWidth, knots, sums } = layout;
      for (let k = 0; k < knotsDays.length; k++) {
        wideOfKnot(knotsDays[k]!, wide);
        knotRows.set(wide, k * knotWidth);
      }
      if (present !== artifact) load(artifact, image, layout);
      floats.set(knotRows, knots);
      floats.set(h, layout.h);
      kernel.head(knotsDays.length, hidden, knotWidth, units, ...headPlaces);
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

/** From here on the language's own way of copying is the faster one. */
const MANY = 128;

function write(place: number, from: Float32Array, first: number, count: number): void {
  if (count >= MANY) floats.set(from.subarray(first, first + count), place);
  else for (let i = 0; i < count; i++) floats[place + i] = from[first + i]!;
}

function read(place: number, to: Float32Array, first: number, count: number): void {
  if (count >= MANY) to.set(floats.subarray(place, place + count), first);
  else for (let i = 0; i < count; i++) to[first + i] = floats[place + i]!;
}

const bytesOf = (...places: number[]): number[] => places.map((place) => place * FLOAT);
