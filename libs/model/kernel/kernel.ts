// The network in WebAssembly SIMD, float32: AssemblyScript, compiled by `npm run kernel` into src/kernel-bytes.ts; src/wasm-kernel.ts lays out
// the memory. A sum is added up in the same order whoever shares a batch, so the bits depend neither on its size nor on its order.

/** Bytes of four floats. */
const VECTOR: usize = 16;
/** Bytes of a tile of weights, 16 floats: gates i f g o of four units, or 16 units of the dense layer. */
const TILE: usize = 64;

@inline
function add(sum: v128, value: v128, weight: v128): v128 {
  return f32x4.add(sum, f32x4.mul(value, weight));
}

/** Copies `bytes`, rounded up to whole vectors. */
@inline
function copy(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += VECTOR) v128.store(to + i, v128.load(from + i));
}

/** 2^x, x held within ±36: 2^n · 2^r, |r| ≤ ½, 2^r by its series; n is rounded by a number so large that the last bit of its mantissa is 1. */
@inline
function exp2(x: v128): v128 {
  const rounder = f32x4.splat(12582912);
  const held = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-36)), f32x4.splat(36));
  const n = f32x4.add(held, rounder);
  const r = f32x4.sub(held, f32x4.sub(n, rounder));
  let p = add(f32x4.splat(0.0013333558), r, f32x4.splat(0.0001540353));
  p = add(f32x4.splat(0.0096181291), r, p);
  p = add(f32x4.splat(0.0555041087), r, p);
  p = add(f32x4.splat(0.2402265069), r, p);
  p = add(f32x4.splat(0.6931471806), r, p);
  p = add(f32x4.splat(1), r, p);
  return i32x4.add(p, i32x4.shl(n, 23));
}

/**
 * c ← σ(f)∘c + σ(i)∘tanh(g), h ← σ(o)∘tanh(c) of four units, with one division each. The sums come as −i, −f, −o and −2g, times log₂e: σ(i) is
 * 1 / (1 + 2^i) then, and tanh(g) is (1 − 2^g) / (1 + 2^g).
 */
@inline
function cell(i: v128, f: v128, g: v128, o: v128, c: usize, h: usize): void {
  const one = f32x4.splat(1);
  const eg = exp2(g);
  const forget = f32x4.add(one, exp2(f));
  const write = f32x4.mul(f32x4.add(one, exp2(i)), f32x4.add(one, eg));
  const kept = f32x4.mul(v128.load(c), write);
  const written = f32x4.mul(f32x4.sub(one, eg), forget);
  const next = f32x4.div(f32x4.add(kept, written), f32x4.mul(write, forget));
  v128.store(c, next);
  const ec = exp2(f32x4.mul(next, f32x4.splat(-2.885390082)));
  const read = f32x4.mul(f32x4.add(one, exp2(o)), f32x4.add(one, ec));
  v128.store(h, f32x4.div(f32x4.sub(one, ec), read));
}

/**
 * One step of the LSTM for `n` customers.
 * @param x [n × inputs]
 * @param h [n × hidden] in place
 * @param c [n × hidden] in place
 * @param weights [hidden/4 × (1 + inputs + hidden) × 16] of four units: their biases, then a row for each input and each h
 * @param rows [n × (inputs + hidden)] room
 */
export function lstm(n: usize, inputs: usize, hidden: usize, x: usize, h: usize, c: usize, weights: usize, rows: usize): void { // prettier-ignore
  const width = inputs + hidden;
  const stride: usize = 4 * width;
  const units: usize = 4 * hidden;
  for (let i: usize = 0; i < n; i++) {
    // The last vector of x may reach into h's place, which is written after it.
    copy(rows + i * stride, x + i * (stride - units), stride - units);
    copy(rows + (i + 1) * stride - units, h + i * units, units);
  }
  for (let unit: usize = 0; unit < units; unit += VECTOR) {
    const end = weights + TILE * (1 + width);
    const bi = v128.load(weights), bf = v128.load(weights, 16), bg = v128.load(weights, 32), bo = v128.load(weights, 48);
    let at = unit;
    let row = rows;
    let left = n;
    for (; left >= 2; left -= 2) {
      let i0 = bi, f0 = bf, g0 = bg, o0 = bo, i1 = bi, f1 = bf, g1 = bg, o1 = bo;
      for (let w = weights + TILE; w < end; w += TILE, row += 4) {
        const x0 = v128.load32_splat(row), x1 = v128.load32_splat(row + stride);
        const wi = v128.load(w); i0 = add(i0, x0, wi); i1 = add(i1, x1, wi);
        const wf = v128.load(w, 16); f0 = add(f0, x0, wf); f1 = add(f1, x1, wf);
        const wg = v128.load(w, 32); g0 = add(g0, x0, wg); g1 = add(g1, x1, wg);
        const wo = v128.load(w, 48); o0 = add(o0, x0, wo); o1 = add(o1, x1, wo);
      }
      cell(i0, f0, g0, o0, c + at, h + at);
      cell(i1, f1, g1, o1, c + at + units, h + at + units);
      row += stride;
      at += 2 * units;
    }
    if (left > 0) {
      let i0 = bi, f0 = bf, g0 = bg, o0 = bo;
      for (let w = weights + TILE; w < end; w += TILE, row += 4) {
        const x0 = v128.load32_splat(row);
        i0 = add(i0, x0, v128.load(w)); f0 = add(f0, x0, v128.load(w, 16));
        g0 = add(g0, x0, v128.load(w, 32)); o0 = add(o0, x0, v128.load(w, 48));
      }
      cell(i0, f0, g0, o0, c + at, h + at);
    }
    weights = end;
  }
}

/** Σ relu(sums)·outer of 16 units, onto a vector that is summed up at last. */
@inline
function out(sum: usize, a: v128, b: v128, c: v128, d: v128, outer: usize): void {
  const zero = f32x4.splat(0);
  let total = add(v128.load(sum), f32x4.pmax(a, zero), v128.load(outer));
  total = add(total, f32x4.pmax(b, zero), v128.load(outer, 16));
  total = add(total, f32x4.pmax(c, zero), v128.load(outer, 32));
  v128.store(sum, add(total, f32x4.pmax(d, zero), v128.load(outer, 48)));
}

/**
 * The head at `knots` silences: linear skip, dense layer, output. The h part of the dense layer is computed once.
 * @param width inputs that differ by knot, a multiple of 4
 * @param h [hidden]
 * @param rows [knots × width] raw; standardised in place
 * @param scaler [3 × width] mean, deviation, weight in the skip
 * @param weights [units/16 × (1 + hidden + width) × 16]
 * @param outer [units] weights of the output
 * @param sums [knots × 4] written: the logit is the sum of the four, the output's bias apart
 */
export function head(knots: usize, hidden: usize, width: usize, units: usize, h: usize, rows: usize, scaler: usize, weights: usize, outer: usize, sums: usize): void { // prettier-ignore
  const stride: usize = 4 * width;
  for (let k: usize = 0; k < knots; k++) {
    let skip = f32x4.splat(0);
    for (let i: usize = 0; i < stride; i += VECTOR) {
      const at = rows + k * stride + i;
      const z = f32x4.div(f32x4.sub(v128.load(at), v128.load(scaler + i)), v128.load(scaler + stride + i));
      v128.store(at, z);
      skip = add(skip, z, v128.load(scaler + 2 * stride + i));
    }
    v128.store(sums + k * VECTOR, skip);
  }
  for (const last = outer + 4 * units; outer < last; outer += TILE) {
    let a = v128.load(weights), b = v128.load(weights, 16), c = v128.load(weights, 32), d = v128.load(weights, 48);
    weights += TILE;
    for (let i: usize = 0; i < hidden << 2; i += 4, weights += TILE) {
      const x = v128.load32_splat(h + i);
      a = add(a, x, v128.load(weights)); b = add(b, x, v128.load(weights, 16));
      c = add(c, x, v128.load(weights, 32)); d = add(d, x, v128.load(weights, 48));
    }
    const end = weights + TILE * width;
    let x = rows;
    let sum = sums;
    let left = knots;
    for (; left >= 2; left -= 2, sum += 2 * VECTOR, x += stride) {
      let a0 = a, b0 = b, c0 = c, d0 = d, a1 = a, b1 = b, c1 = c, d1 = d;
      for (let w = weights; w < end; w += TILE, x += 4) {
        const x0 = v128.load32_splat(x), x1 = v128.load32_splat(x + stride);
        const wa = v128.load(w); a0 = add(a0, x0, wa); a1 = add(a1, x1, wa);
        const wb = v128.load(w, 16); b0 = add(b0, x0, wb); b1 = add(b1, x1, wb);
        const wc = v128.load(w, 32); c0 = add(c0, x0, wc); c1 = add(c1, x1, wc);
        const wd = v128.load(w, 48); d0 = add(d0, x0, wd); d1 = add(d1, x1, wd);
      }
      out(sum, a0, b0, c0, d0, outer);
      out(sum + VECTOR, a1, b1, c1, d1, outer);
    }
    if (left > 0) {
      for (let w = weights; w < end; w += TILE, x += 4) {
        const x0 = v128.load32_splat(x);
        a = add(a, x0, v128.load(w)); b = add(b, x0, v128.load(w, 16));
        c = add(c, x0, v128.load(w, 32)); d = add(d, x0, v128.load(w, 48));
      }
      out(sum, a, b, c, d, outer);
    }
    weights = end;
  }
}
