import { describe, expect, it } from '@jest/globals';

import { checkDeliveries } from './check-deliveries.js';
import { Findings } from './findings.js';
import { type MessageRow } from './ledger-tables.js';

const sent: MessageRow = {
  ...{ decisionId: 'd', partition: 0, channel: 'email', state: 'sent', reason: null, sentAt: 1, origin: 'live' },
  ...{ attempts: 1, expiresAt: null },
  ...{ hasPurchasedSince: false, hasReturnedSince: false, hasRefused: false, hasAddress: true },
};
const IN_DOUBT = 'Given up: of its 6 tries the last one came to no end, so it is not known whether it has left.';

function verdictOn(message: Partial<MessageRow>, arrived = 0) {
  const findings = new Findings();
  const delivery = { channel: 'email', key: 'd', decisionId: 'd' } as const;
  checkDeliveries(Array.from({ length: arrived }, () => delivery), [{ ...sent, ...message }], findings); // prettier-ignore
  return findings.verdict(0);
}

describe('what became of messages', () => {
  it.each<[string, Partial<MessageRow>, number]>([
    ['sent', {}, 1],
    ['bought', { state: 'cancelled', reason: 'purchased', hasPurchasedSince: true }, 0],
    ['came back', { state: 'cancelled', reason: 'returned', hasReturnedSince: true }, 0],
    ['too late', { state: 'cancelled', reason: 'expired', expiresAt: 1 }, 0],
    ['unwanted', { state: 'cancelled', reason: 'no-consent', hasRefused: true }, 0],
    ['nowhere to go', { state: 'cancelled', reason: 'no-address', hasAddress: false }, 0],
    ['turned away six times', { state: 'failed', reason: 'no', attempts: 6 }, 0],
    ['perhaps sent', { state: 'failed', reason: IN_DOUBT, attempts: 2 }, 1],
  ])('is right: %s', (_, message, arrived) => {
    expect(verdictOn(message, arrived)).toMatchObject({ lost: 0, doubled: 0, faults: [] });
  });

  it.each<[Partial<MessageRow>]>([
    [{ reason: 'purchased' }],
    [{ reason: 'returned', hasPurchasedSince: true }],
    [{ reason: 'expired', expiresAt: Date.now() + 60_000 }],
    [{ reason: 'no-consent' }],
    [{ reason: 'no-address' }],
    [{ reason: 'simulated' }],
    [{ reason: null }],
  ])('is lost when it was cancelled for what has not happened: %j', (message) => {
    const { lost, faults } = verdictOn({ ...message, state: 'cancelled' });
    expect({ lost, faults }).toEqual({
      lost: 1,
      faults: [`The message of d was cancelled (${message.reason}), of which the ledger knows nothing.`],
    });
  });

  it('is lost when it was given up too soon', () => {
    expect(verdictOn({ state: 'failed', reason: 'no', attempts: 2 })).toMatchObject({
      lost: 1,
      faults: ['The message of d was given up after 2 tries: no'],
    });
  });

  it('is counted when it has arrived and is called cancelled', () => {
    const verdict = verdictOn({ state: 'cancelled', reason: 'returned', hasReturnedSince: true }, 1);
    expect(verdict).toMatchObject({ forgottenDeliveries: 1, faults: [] });
  });
});
