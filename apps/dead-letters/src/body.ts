// The value of a record that nobody could read, as far as it can be read.

/** How it was read, and the text. */
export interface Body {
  readonly form: 'JSON' | 'text' | 'bytes' | 'empty';
  readonly text: string;
}

/** Bytes shown of what is no text. */
const SHOWN = 512;

export function bodyOf(value: Uint8Array): Body {
  if (value.length === 0) return { form: 'empty', text: '' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    return { form: 'bytes', text: hexOf(value) };
  }
  try {
    return { form: 'JSON', text: JSON.stringify(JSON.parse(text), null, 2) };
  } catch {
    // Control characters would do things to a terminal.
    return { form: 'text', text: text.replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}') };
  }
}

function hexOf(value: Uint8Array): string {
  const hex = Buffer.from(value.subarray(0, SHOWN))
    .toString('hex')
    .replace(/(.{64})(?=.)/g, '$1\n');
  return value.length > SHOWN ? `${hex}\n… ${value.length - SHOWN} bytes more` : hex;
}
