// The mail server and the webhook behind a shop: they note what reaches them, and can misbehave.
import { randomBytes } from 'node:crypto';

import { type Delivery } from '../evidence.js';
import { startMailReceiver } from './mail-receiver.js';
import { startWebhookReceiver } from './webhook-receiver.js';

/** Takes what comes; refuses whoever connects; answers with an error that another try may cure; takes it and never answers. */
export type Manners = 'take' | 'refuse' | 'fail' | 'hang';

/** Asked about each message, by the customer it is for; true: it is answered with an error that another try may cure. */
export type Doorman = (customer: string) => boolean;

/** One of the two. */
export interface Receiver {
  readonly url: string;
  /** From now on. */
  behave(manners: Manners): void;
  close(): Promise<void>;
}

export interface Receivers {
  readonly smtpUrl: string;
  readonly webhookUrl: string;
  /** For signatures, as Standard Webhooks writes it. */
  readonly webhookSecret: string;
  /** In the order in which they arrived. */
  readonly deliveries: readonly Delivery[];
  /** Both, from now on. */
  behave(manners: Manners): void;
  /** Whose messages are turned away from now on, by both. */
  turnAway(whose: Doorman): void;
  /** How many messages of each customer were turned away. */
  readonly turnedAway: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Starts both on free ports. */
export async function startReceivers(): Promise<Receivers> {
  const deliveries: Delivery[] = [];
  const turnedAway = new Map<string, number>();
  let isUnwelcome: Doorman = () => false;
  const isTurnedAway: Doorman = (customer) => {
    const answer = isUnwelcome(customer);
    if (answer) turnedAway.set(customer, (turnedAway.get(customer) ?? 0) + 1);
    return answer;
  };
  const note = (delivery: Delivery) => void deliveries.push(delivery);
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const both = await Promise.all([
    startMailReceiver(note, isTurnedAway),
    startWebhookReceiver(webhookSecret, note, isTurnedAway),
  ]);
  const [mail, webhook] = both;
  return {
    smtpUrl: mail.url,
    webhookUrl: webhook.url,
    webhookSecret,
    deliveries,
    turnedAway,
    behave: (manners) => both.forEach((receiver) => receiver.behave(manners)),
    turnAway: (whose) => void (isUnwelcome = whose),
    close: async () => void (await Promise.all(both.map((receiver) => receiver.close()))),
  };
}
