// Letters for programs.
import { HEADERS, toIso } from '@holdfast/schemas';

import { bodyOf } from './body.js';
import { customerOf, placeOf, reasonOf } from './letters.js';
import { type Told } from './texts.js';

/** What `list` tells of a letter. */
export const summaryJson = ({ letter, standing }: Told) => ({
  id: letter.id,
  standing,
  stage: letter.stage,
  customer: customerOf(letter),
  reason: reasonOf(letter),
  at: toIso(letter.record.at),
});

/** What `show` tells. `body`: the value when it is JSON, else null; `base64`: all of it. */
export function letterJson(told: Told) {
  const { record } = told.letter;
  const body = bodyOf(record.value);
  return {
    ...summaryJson(told),
    record: placeOf(told.letter),
    isCut: record.headers[HEADERS.valueBytes] !== undefined,
    headers: record.headers,
    body: body.form === 'JSON' ? (JSON.parse(body.text) as unknown) : null,
    base64: Buffer.from(record.value).toString('base64'),
  };
}
