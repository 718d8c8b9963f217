// The JSON of a release, read with suspicion: what is asked for is there and of its kind, or there is a sentence.
import { floatsFromBase64 } from './float-base64.js';

/** A release file that cannot be served; the message is a sentence for a person. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** Typed look-ups by dotted path, each refusing with a sentence. */
export function readerOf(json: unknown) {
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], json);
  const refuse = (path: string, need: string): never => {
    const what = at(path) === undefined ? 'lacks' : 'has a wrong';
    throw new ArtifactError(`The model release ${what} \`${path}\` (${need}): copy it again or train a new one.`);
  };
  const get = {
    has: (path: string): boolean => at(path) !== undefined,
    number: (path: string): number => {
      const value = at(path);
      return typeof value === 'number' && Number.isFinite(value) ? value : refuse(path, 'a number');
    },
    count: (path: string): number => {
      const value = get.number(path);
      return Number.isInteger(value) && value > 0 && value <= 4096 ? value : refuse(path, 'a count');
    },
    numbers: (path: string): number[] => {
      const value = at(path);
      return Array.isArray(value) && value.every(Number.isFinite) ? (value as number[]) : refuse(path, 'numbers');
    },
    yes: (path: string): true => (at(path) === true ? true : refuse(path, 'true, or nothing')),
    text: (path: string): string => {
      const value = at(path);
      return typeof value === 'string' ? value : refuse(path, 'a text');
    },
    texts: (path: string): string[] => {
      const value = at(path);
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? (value as string[])
        : refuse(path, 'texts');
    },
    object: (path: string): Record<string, unknown> => {
      const value = at(path);
      return typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)
        : refuse(path, 'an object');
    },
    floats: (path: string, length?: number): Float32Array => {
      const values = floatsFromBase64(get.text(path));
      if (!values) return refuse(path, 'base64 of float32 values');
      if (length !== undefined && values.length !== length)
        return refuse(path, `${length} values, not ${values.length}`);
      return values.every(Number.isFinite) ? values : refuse(path, 'only finite values');
    },
  };
  return get;
}

export type Reader = ReturnType<typeof readerOf>;
