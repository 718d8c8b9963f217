// What has reached customers, against what the ledger says of it. Whoever is sent to twice under one key has been sent to once. What has not
// left must have a reason that the ledger itself bears out: a sender that gives up for no reason has lost a message.
import { type Delivery } from '../evidence.js';
import { type Findings } from './findings.js';
import { type MessageRow } from './ledger-tables.js';

const AREA = 'deliveries';

export function checkDeliveries(
  deliveries: readonly Delivery[],
  messages: readonly MessageRow[],
  findings: Findings,
): void {
  const byDecision = new Map<string, Set<string>>();
  for (const { channel, key, decisionId } of deliveries) {
    let effects = byDecision.get(decisionId);
    if (!effects) byDecision.set(decisionId, (effects = new Set()));
    const effect = `${channel} ${key}`;
    if (effects.has(effect)) findings.repeatedDeliveries += 1;
    effects.add(effect);
  }
  findings.delivered = byDecision.size;
  for (const [decisionId, effects] of byDecision)
    if (effects.size > 1)
      findings.double(AREA, `The message of ${decisionId} had ${effects.size} effects: ${[...effects].join(', ')}.`);

  for (const message of messages) {
    const { decisionId, channel, state, origin } = message;
    const effects = byDecision.get(decisionId);
    byDecision.delete(decisionId);
    if (state === 'queued') findings.fault(AREA, `The message of ${decisionId} is still waiting to be sent.`);
    const groundless = whyGroundless(message);
    if (groundless !== null) findings.lose(AREA, `The message of ${decisionId} ${groundless}`);
    if (!effects) {
      if (state === 'sent') findings.lose(AREA, `The message of ${decisionId} is noted as sent and never arrived.`);
      continue;
    }
    if (state === 'cancelled') findings.forgottenDeliveries += 1;
    if (origin !== 'live')
      findings.double(AREA, `The message of ${decisionId} has left although its origin is ${origin}.`);
    if (state === 'no-channel')
      findings.double(AREA, `The message of ${decisionId} has left although it has no channel.`);
    for (const effect of effects)
      if (!effect.startsWith(`${channel} `))
        findings.fault(AREA, `The message of ${decisionId} was to leave by ${channel} and arrived by ${effect}.`);
  }
  for (const decisionId of byDecision.keys())
    findings.double(AREA, `A message arrived of which the ledger knows nothing: ${decisionId || '(no decision)'}.`);
}

/** So often a sender tries. */
export const TRIES = 6;
const IN_DOUBT = 'it is not known whether it has left.';

/** Why a message should not have been given up; null: it was not, or rightly. */
function whyGroundless(message: MessageRow): string | null {
  const { state, reason, attempts } = message;
  if (state === 'cancelled')
    return isBorneOut(message) ? null : `was cancelled (${reason}), of which the ledger knows nothing.`;
  if (state === 'failed' && attempts < TRIES && !reason?.endsWith(IN_DOUBT))
    return `was given up after ${attempts} tries: ${reason}`;
  return null;
}

/** Whether what a message was cancelled for has happened. */
function isBorneOut(message: MessageRow): boolean {
  switch (message.reason) {
    case 'simulated':
      return message.origin !== 'live';
    case 'expired':
      return message.expiresAt !== null && message.expiresAt <= Date.now();
    case 'no-consent':
      return message.hasRefused;
    case 'purchased':
      return message.hasPurchasedSince;
    case 'returned':
      return message.hasReturnedSince;
    case 'no-address':
      return !message.hasAddress;
    default:
      return false;
  }
}
