// How far a release of the same network may move what decides the tiers: alerts must not jump from one day to the next.
import { type Artifact } from '@holdfast/model';

const MOST = 0.1;

/** What speaks against letting `after` follow `before`, two releases of one network; null: nothing. */
export function objectionToMove(before: Artifact, after: Artifact): string | null {
  for (const tier of ['high', 'medium'] as const) {
    const [now, next] = [before.thresholds[tier], after.thresholds[tier]];
    if (Math.abs(next - now) > MOST + 1e-9)
      return (
        `A threshold moves by at most ${MOST} a release, so that alerts do not jump: ${tier} from ${now} to ` +
        `${Math.max(0, now - MOST).toFixed(3)} … ${Math.min(1, now + MOST).toFixed(3)}, not to ${next}.`
      );
  }
  const { thresholds, hysteresis } = after;
  if (thresholds.medium <= hysteresis)
    return `medium must begin above ${hysteresis}, by which a tier is left below its threshold: ${thresholds.medium} does not.`;
  if (thresholds.medium >= thresholds.high - hysteresis)
    return (
      `medium must begin more than ${hysteresis} below high, so that a customer can leave high for medium: ` +
      `${thresholds.medium} and ${thresholds.high} do not.`
    );
  if (hysteresis !== before.hysteresis || after.activeDays !== before.activeDays)
    return 'It changes when a tier is left, or when a customer has lapsed, too.';
  return null;
}
