// What customers read. Plain words, no pressure, always a way out; an offer only where the playbook has one.

/** The shop as messages speak of it. Empty links are left out. */
export interface Voice {
  readonly shopName: string;
  readonly shopUrl: string;
  readonly unsubscribeUrl: string;
}

/** What a text is made for. */
export interface Occasion {
  readonly playbook: string;
  readonly discountPercent: number | null;
  readonly code: string | null;
}

export interface Text {
  readonly subject: string;
  readonly body: string;
}

const TEXTS: Readonly<Record<string, (voice: Voice, occasion: Occasion) => Text>> = {
  'win-back': ({ shopName }, { discountPercent, code }) => ({
    subject: `${discountPercent} % off your next order`,
    body: `Hello,

it has been a while, and we would like to see you again. Here is ${discountPercent} % off one order at ${shopName}:

    ${code}

Enter the code at checkout. It works once, and only for you.`,
  }),
  'check-in': ({ shopName }) => ({
    subject: `Is everything all right with your last order?`,
    body: `Hello,

we have not heard from you for a while and wanted to ask: was everything all right the last time at ${shopName}?
If something went wrong, answer this message and a person will read it.`,
  }),
};

/** The text of a message. Throws `RangeError` for a playbook without one. */
export function textFor(occasion: Occasion, voice: Voice): Text {
  const write = TEXTS[occasion.playbook];
  if (!write) throw new RangeError(`playbook ${occasion.playbook} has no text`);
  const { subject, body } = write(voice, occasion);
  const visit = voice.shopUrl === '' ? [] : [`Visit us: ${voice.shopUrl}`];
  const leave =
    voice.unsubscribeUrl === ''
      ? 'You do not want messages like this one? Answer with STOP.'
      : `You do not want messages like this one? Unsubscribe: ${voice.unsubscribeUrl}`;
  return { subject, body: [body, ...visit, '--', leave].join('\n\n') };
}
