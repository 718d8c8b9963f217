// The lowest point of a smooth function with its gradient: L-BFGS (Nocedal & Wright 2006, algorithm 7.4) with a line search for the weak
// Wolfe conditions by bisection (Lewis & Overton 2013, algorithm 2.6).

/** A function's value somewhere, and its gradient there. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Steps remembered of the curvature. */
const MEMORY = 10;
const ENOUGH_DESCENT = 1e-4;
const ENOUGH_CURVATURE = 0.9;
const MOST_TRIES = 40;

/** Descends from `start` until no component of the gradient is above `tolerance`, or nothing is gained any more. */
export function minimise(
  f: (at: Float64Array) => Slope,
  start: Float64Array,
  { tolerance = 1e-4, most = 1_000 } = {},
): Float64Array {
  let at = start;
  let here = f(at);
  const past: { readonly step: Float64Array; readonly change: Float64Array; readonly curvature: number }[] = [];
  for (let round = 0; round < most; round++) {
    if (here.gradient.every((value) => Math.abs(value) <= tolerance)) break;
    const direction = downhill(here.gradient, past);
    const first = past.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(here.gradient, here.gradient))) : 1;
    const next = search(f, at, here, { direction, first });
    if (!next) break;
    const step = next.at.map((value, k) => value - at[k]!);
    const change = next.slope.gradient.map((value, k) => value - here.gradient[k]!);
    const curvature = dot(step, change);
    if (curvature > 1e-14) past.push({ step, change, curvature });
    if (past.length > MEMORY) past.shift();
    [at, here] = [next.at, next.slope];
  }
  return at;
}

/** −H·g, H the inverse Hessian as far as the last steps have shown it (the two-loop recursion). */
function downhill(
  gradient: Float64Array,
  past: readonly { readonly step: Float64Array; readonly change: Float64Array; readonly curvature: number }[],
): Float64Array {
  const q = gradient.map((value) => -value);
  const shares = past.map(() => 0);
  for (let i = past.length - 1; i >= 0; i--) {
    const { step, change, curvature } = past[i]!;
    shares[i] = dot(step, q) / curvature;
    for (let k = 0; k < q.length; k++) q[k]! -= shares[i]! * change[k]!;
  }
  const last = past.at(-1);
  const scale = last ? last.curvature / dot(last.change, last.change) : 1;
  for (let k = 0; k < q.length; k++) q[k]! *= scale;
  past.forEach(({ step, change, curvature }, i) => {
    const rest = shares[i]! - dot(change, q) / curvature;
    for (let k = 0; k < q.length; k++) q[k]! += rest * step[k]!;
  });
  return q;
}

/** A point along the direction that is low enough and no longer steep; `null` when there is none. */
function search(
  f: (at: Float64Array) => Slope,
  from: Float64Array,
  here: Slope,
  { direction, first }: { readonly direction: Float64Array; readonly first: number },
): { readonly at: Float64Array; readonly slope: Slope } | null {
  const steepness = dot(here.gradient, direction);
  if (!(steepness < 0)) return null;
  let [low, high, length] = [0, Infinity, first];
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const at = from.map((value, k) => value + length * direction[k]!);
    const slope = f(at);
    if (!(slope.value <= here.value + ENOUGH_DESCENT * length * steepness)) high = length;
    else if (dot(slope.gradient, direction) < ENOUGH_CURVATURE * steepness) low = length;
    else return { at, slope };
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
