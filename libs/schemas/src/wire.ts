// JSON on the wire, checked against its TypeBox schema on the way in. Times named in `times` are ISO 8601 on the wire and
// milliseconds inside.
import { type Static, type TObject, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

import { fromIso, type Millis, toIso } from './time.js';

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/** One of a few texts. */
export const literals = <const T extends readonly string[]>(
  values: T,
  options: { readonly description?: string } = {},
) =>
  Type.Union(
    values.map((value) => Type.Literal(value as T[number])),
    options,
  );

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

/** What the writer knows of a record besides its value; only the envelope of customer.risk carries it, the others ignore it. */
export interface RecordMeta {
  /** As in the header `event-id`. */
  readonly id: string;
  /** As in the header `sequence`. */
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
        if (typeof at === 'string') wire[name] = instantOf(at, name);
      }
      return wire as Timed<Static<S>, K>;
    },
  };
}

/** The instant in the field `name`. Throws {@link DecodeError}. */
export function instantOf(at: string, name: string): Millis {
  try {
    return fromIso(at);
  } catch (error) {
    throw new DecodeError((error as Error).message, `/${name}`);
  }
}
