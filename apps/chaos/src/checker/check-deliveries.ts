// What has reached customers, against what the ledger says of it. Whoever is sent to twice under one key has been sent to once.
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

  for (const { decisionId, channel, state, origin } of messages) {
    const effects = byDecision.get(decisionId);
    byDecision.delete(decisionId);
    if (state === 'queued') findings.fault(AREA, `The message of ${decisionId} is still waiting to be sent.`);
    if (!effects) {
      if (state === 'sent') findings.lose(AREA, `The message of ${decisionId} is noted as sent and never arrived.`);
      continue;
    }
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
