// Playbooks as data: which crossing calls for which message. Adding one is adding a row here and its texts in dispatch.
import { type Channel, type Tier } from '@holdfast/schemas';

/** What is done when a customer crosses into a tier. */
export interface Playbook {
  /** Also the experiment: the arm is drawn, and the effect is measured, per customer and playbook. */
  readonly id: string;
  readonly name: string;
  /** Crossings up into these tiers call for it. */
  readonly tiers: readonly Tier[];
  /** Per cent off one order; null: no offer. */
  readonly discountPercent: number | null;
  /** Ways of sending it, best first. The first one that is set up and allowed is taken. */
  readonly channels: readonly Channel[];
}

/** All playbooks. Their tiers do not overlap, so that a crossing calls for one at most. */
export const PLAYBOOKS: readonly Playbook[] = [
  {
    id: 'win-back',
    name: 'Win back with a coupon',
    tiers: ['high'],
    discountPercent: 10,
    channels: ['email', 'webhook'],
  },
  { id: 'check-in', name: 'Check in', tiers: ['medium'], discountPercent: null, channels: ['email', 'webhook'] },
];

/** The playbook that a crossing into `tier` calls for, if any. */
export const playbookFor = (tier: Tier): Playbook | undefined => PLAYBOOKS.find(({ tiers }) => tiers.includes(tier));
