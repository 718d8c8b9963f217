// Texts that JSON allows and PostgreSQL does not: U+0000, and half of a surrogate pair. Both can only be written as \u escapes,
// so that a body without such an escape needs no second look.
import { isObject } from './fields.js';
import { type Refusal } from './refusal.js';

const SUSPECT = /\\u(?:0000|[dD][89abAB][0-9a-fA-F]{2}|[dD][c-fC-F][0-9a-fA-F]{2})/;
const BAD = /\u0000|\p{Surrogate}/u;
const BAD_EVERYWHERE = new RegExp(BAD.source, 'gu');

/** False for nearly all bodies: none of their texts can be bad. */
export const mayHoldBadText = (body: string): boolean => SUSPECT.test(body);

/** The first bad text in a JSON value, names of fields included. */
export function findBadText(value: unknown, pointer = ''): Refusal | null {
  if (typeof value === 'string') return BAD.test(value) ? refuse(pointer) : null;
  const entries = isObject(value) ? Object.entries(value) : Array.isArray(value) ? [...value.entries()] : [];
  for (const [name, inner] of entries) {
    const at = `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1').replace(BAD_EVERYWHERE, '\uFFFD')}`;
    const found = BAD.test(String(name)) ? refuse(at) : findBadText(inner, at);
    if (found) return found;
  }
  return null;
}

/** The same text with U+FFFD where it was bad. */
export const withoutBadText = (text: string): string => text.replace(BAD_EVERYWHERE, '\uFFFD');

const refuse = (pointer: string): Refusal => ({
  reason: 'bad-text',
  pointer,
  message: 'Texts must not contain the character U+0000 or half of a surrogate pair.',
});
