// BG/NBD (Fader, Hardie & Lee 2005): purchases come at a rate λ ~ Gamma(r, α) while a customer is alive, who drops out after each with
// probability p ~ Beta(a, b). With x repeat purchases, the last at t_x, observed until T:
//   L = Γ(r+x)/Γ(r) · α^r · [ B(a, b+x)/B(a, b) · (α+T)^−(r+x) + 1{x>0} · B(a+1, b+x−1)/B(a, b) · (α+t_x)^−(r+x) ]
//   P(alive) = 1 / (1 + 1{x>0} · a/(b+x−1) · ((α+T)/(α+t_x))^(r+x))
//   P(no purchase in H) = 1 − P(alive) · [1 − ((α+T)/(α+T+H))^(r+x)]
import { logGamma } from './log-gamma.js';
import { minimise, type Slope } from './lbfgs.js';

/** What is known of one customer; times in one unit, from the first purchase on. */
export interface PurchaseSummary {
  /** Repeat purchases. */
  readonly x: number;
  /** Time of the last one; 0 without any. */
  readonly tx: number;
  /** Length of the observation. */
  readonly T: number;
}

export interface BgNbd {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** log L summed over customers. */
export function logLikelihood({ r, alpha, a, b }: BgNbd, customers: readonly PurchaseSummary[]): number {
  const byX = new Map<number, { readonly common: number; readonly alive: number; readonly gone: number }>();
  const beta = logGamma(a) + logGamma(b) - logGamma(a + b);
  const termsOf = (x: number) => {
    const known = byX.get(x);
    if (known) return known;
    const sum = logGamma(a + b + x);
    const made = {
      common: logGamma(r + x) - logGamma(r) + r * Math.log(alpha) - beta,
      alive: logGamma(a) + logGamma(b + x) - sum,
      gone: x > 0 ? logGamma(a + 1) + logGamma(b + x - 1) - sum : -Infinity,
    };
    byX.set(x, made);
    return made;
  };
  return customers.reduce((total, { x, tx, T }) => {
    const { common, alive, gone } = termsOf(x);
    const stays = alive - (r + x) * Math.log(alpha + T);
    const leaves = gone - (r + x) * Math.log(alpha + tx);
    const larger = Math.max(stays, leaves);
    return total + common + larger + Math.log(Math.exp(stays - larger) + Math.exp(leaves - larger));
  }, 0);
}

/** The parameters of greatest likelihood. */
export function fitBgNbd(customers: readonly PurchaseSummary[]): BgNbd {
  if (customers.length === 0) throw new RangeError('customers must not be empty');
  const of = (logs: Float64Array): BgNbd => {
    const [r, alpha, a, b] = logs.map((log) => Math.exp(Math.max(-12, Math.min(12, log))));
    return { r: r!, alpha: alpha!, a: a!, b: b! };
  };
  const loss = (logs: Float64Array) => -logLikelihood(of(logs), customers) / customers.length;
  return of(minimise((logs) => sloped(loss, logs), new Float64Array([0, 1, 0, 1]), { tolerance: 1e-7 }));
}

/** The gradient by central differences: there are four parameters only. */
function sloped(f: (at: Float64Array) => number, at: Float64Array): Slope {
  const beside = (k: number, by: number) => f(at.map((value, j) => (j === k ? value + by : value)));
  const h = 1e-5;
  return { value: f(at), gradient: at.map((_, k) => (beside(k, h) - beside(k, -h)) / (2 * h)) };
}

/** Logit of no purchase within `horizon` from T on. */
export function quietLogit({ r, alpha, a, b }: BgNbd, { x, tx, T }: PurchaseSummary, horizon: number): number {
  const odds = x > 0 ? (a / (b + x - 1)) * ((alpha + T) / (alpha + tx)) ** (r + x) : 0;
  const alive = 1 / (1 + odds);
  const buys = alive * -Math.expm1((r + x) * Math.log((alpha + T) / (alpha + T + horizon)));
  return Math.log1p(-Math.min(1 - 1e-9, buys)) - Math.log(Math.max(1e-9, buys));
}
