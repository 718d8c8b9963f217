import { describe, expect, it } from '@jest/globals';

import { bodyOf } from './body.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('the body of a letter', () => {
  it.each([
    ['JSON', utf8('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}'],
    ['text', utf8('{"a":[1\u001b[2J\n'), '{"a":[1\u{fffd}[2J\n'],
    ['bytes', new Uint8Array([0xff, 0, 1]), 'ff0001'],
    ['bytes', new Uint8Array(514).fill(0xff), /^(f{64}\n){16}… 2 bytes more$/],
    ['empty', new Uint8Array(0), ''],
  ])('is %s', (form, bytes, text) => {
    const body = bodyOf(bytes);
    expect(body.form).toBe(form);
    if (typeof text === 'string') expect(body.text).toBe(text);
    else expect(body.text).toMatch(text);
  });
});
