// Closed-form heads (challengers of the curve): with S the survival function of the time to the next activity and silence s,
//   ρ(s) = S(s+H)/S(s)  no activity at all in the next H;  r(s) = 1 − q·(1 − ρ(s))  churn risk        (model.md §4)
import { logit, sigmoid } from './probability.js';

/** log S(t), t in days. */
export type LogSurvival = (days: number) => number;

/** Lomax: S(t) = (τ/(τ+t))^k. */
export const lomax =
  ({ tau, k }: { readonly tau: number; readonly k: number }): LogSurvival =>
  (days) =>
    -k * Math.log1p(days / tau);

/** Mixture-cure Weibull: S(t) = π + (1−π)·exp(−(t/α)^β). */
export const cureWeibull =
  ({ pi, alpha, beta }: { readonly pi: number; readonly alpha: number; readonly beta: number }): LogSurvival =>
  (days) =>
    Math.log(pi + (1 - pi) * Math.exp(-((days / alpha) ** beta)));

/** ρ(s): probability of no activity within `horizonDays` after a silence of `silenceDays`. */
export const quietProbability = (survival: LogSurvival, silenceDays: number, horizonDays: number): number =>
  Math.exp(survival(silenceDays + horizonDays) - survival(silenceDays));

/** r of ρ; q = P(a purchase in the window | some activity in it), clamped to [1e-4, 1]. */
export const churnRisk = (rho: number, q: number): number => 1 - Math.min(1, Math.max(1e-4, q)) * (1 - rho);

/** s* of a Lomax head: H·ρ*^(1/k) / (1 − ρ*^(1/k)) − τ with ρ* = 1 − (1−θ)/q; 0 when already above, null when never. */
export function lomaxCrossing(
  { tau, k }: { readonly tau: number; readonly k: number },
  { theta, q, horizonDays }: { readonly theta: number; readonly q: number; readonly horizonDays: number },
): number | null {
  const rho = 1 - (1 - theta) / Math.min(1, Math.max(1e-4, q));
  if (rho <= 0) return 0;
  const root = rho ** (1 / k);
  return root >= 1 ? null : Math.max(0, (horizonDays * root) / (1 - root) - tau);
}

/** The landmark head, logit r(s) = a + (s/α)^β, α in days; it has no S of its own. */
export interface LogitPower {
  readonly a: number;
  readonly alpha: number;
  readonly beta: number;
}

export const logitPowerRisk = ({ a, alpha, beta }: LogitPower, silenceDays: number): number =>
  sigmoid(a + (silenceDays / alpha) ** beta);

/** s* of a landmark head: α·(logit θ − a)^(1/β); 0 when already above. It always comes to that, though it may take for ever. */
export const logitPowerCrossing = ({ a, alpha, beta }: LogitPower, theta: number): number =>
  alpha * Math.max(0, logit(theta) - a) ** (1 / beta);

/**
 * First s in [0, untilDays] with r(s) ≥ θ by bisection from the minimum of r; for heads that rise, or dip once and then rise (cure
 * Weibull with β > 1). null when r stays below θ.
 */
export function bisectCrossing(risk: (days: number) => number, theta: number, untilDays: number): number | null {
  if (risk(0) >= theta) return 0;
  if (risk(untilDays) < theta) return null;
  // Below θ at 0 and at most one dip: the set {r ≥ θ} is one interval that ends at untilDays.
  let [low, high] = [0, untilDays];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (risk(middle) >= theta) high = middle;
    else low = middle;
  }
  return high;
}
