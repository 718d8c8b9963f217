// JSON on the wire, checked against its TypeBox schema on the way in. Times named in `times` are ISO 8601 on the wire and
// milliseconds inside.
import { type Static, type TObject } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

import { fromIso, type Millis, toIso } from './time.js';

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/** A record that is not what its schema says. `pointer` is a JSON pointer to the first fault. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  constructor(
    message: string,
    readonly pointer: string,
  ) {
    super(message);
  }
}

/** What the writer knows of a record besides its value. */
export interface RecordMeta {
  /** Unique, derived from the source. */
  readonly id: string;
  /** Position among all records written for this customer, from 1, without gaps. */
  readonly sequence: number;
}

/** Turns values of one record type into bytes and back. `decode` throws {@link DecodeError}. */
export interface Codec<T> {
  encode(value: T, meta: RecordMeta): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** A wire object with the named ISO fields as milliseconds. */
export type Timed<Wire, Times extends PropertyKey> = {
  [K in keyof Wire]: K extends Times ? (null extends Wire[K] ? Millis | null : Millis) : Wire[K];
};

/** Parses JSON bytes and checks them. */
export function checker<S extends TObject>(schema: S): (bytes: Uint8Array) => Static<S> {
  const compiled = TypeCompiler.Compile(schema);
  return (bytes) => {
    let value: unknown;
    try {
      value = JSON.parse(text.decode(bytes));
    } catch (error) {
      throw new DecodeError(`not JSON: ${(error as Error).message}`, '');
    }
    if (compiled.Check(value)) return value;
    const fault = compiled.Errors(value).First();
    throw new DecodeError(
      fault ? `${fault.path || '/'}: ${fault.message}` : 'does not fit its schema',
      fault?.path ?? '',
    );
  };
}

/** JSON bytes of a value. */
export const encodeJson = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value));

/** The codec of a flat JSON record whose fields named in `times` are instants. */
export function timedCodec<S extends TObject, const K extends keyof Static<S> & string>(
  schema: S,
  times: readonly K[],
): Codec<Timed<Static<S>, K>> {
  const check = checker(schema);
  return {
    encode(value) {
      const wire: Record<string, unknown> = { ...value };
      for (const name of times) {
        const at = wire[name];
        if (typeof at === 'number') wire[name] = toIso(at);
      }
      return encodeJson(wire);
    },
    decode(bytes) {
      const wire = check(bytes) as Record<string, unknown>;
      for (const name of times) {
        const at = wire[name];
        if (typeof at === 'string') wire[name] = readInstant(at, name);
      }
      return wire as Timed<Static<S>, K>;
    },
  };
}

function readInstant(at: string, name: string): Millis {
  try {
    return fromIso(at);
  } catch (error) {
    throw new DecodeError((error as Error).message, `/${name}`);
  }
}
