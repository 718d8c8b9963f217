import { expect, it } from '@jest/globals';
import { HEADERS } from '@holdfast/schemas';

import { Findings } from './findings.js';
import { MessageTally } from './message-tally.js';

it('finds an event that was written to two partitions, whichever is read first', () => {
  const findings = new Findings();
  const tally = new MessageTally(new Set(['a', 'b']), findings);
  const [one, other] = [tally.partition(), tally.partition()];
  const event = (id: string) => ({
    key: 'k',
    value: new Uint8Array(),
    headers: { [HEADERS.eventId]: id },
    at: 0,
    offset: 0,
  });
  other.inLog([event('a')]);
  one.inLog([event('a'), event('b'), event('b')]);
  tally.conclude();
  expect(findings.verdict(2)).toMatchObject({ lost: 0, doubled: 1, faults: ['a is in two partitions.'] });
});
