import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';

import { readSettings, SettingsError } from './settings.js';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 1, default: 80 }),
  SHARE: Type.Number({ maximum: 1 }),
  SIGNING_SECRET: Type.String({ minLength: 8 }),
  OPTIONAL: Type.Optional(Type.String()),
});

describe('settings', () => {
  it('take defaults, convert numbers and treat empty texts as absent', () => {
    expect(readSettings(schema, { PORT: '', SHARE: '0.5', SIGNING_SECRET: '12345678' })).toEqual({
      PORT: 80,
      SHARE: 0.5,
      SIGNING_SECRET: '12345678',
    });
  });

  it('keep a text that looks like a number a text', () => {
    expect(readSettings(schema, { SHARE: '1', SIGNING_SECRET: '0012345678' }).SIGNING_SECRET).toBe('0012345678');
  });

  it('name every fault at once and never show a secret', () => {
    const read = () => readSettings(schema, { PORT: 'many', SIGNING_SECRET: 'hunter2' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT: .*got "many"/);
    expect(read).toThrow(/SHARE: must be set/);
    expect(read).toThrow(/SIGNING_SECRET: .*\(not shown\)/);
    expect(read).not.toThrow(/hunter2/);
  });
});
