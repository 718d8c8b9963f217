// The mail server and the webhook behind a shop: they note what reaches them, and can misbehave.
import { randomBytes } from 'node:crypto';

import { type Delivery } from '../evidence.js';
import { startMailReceiver } from './mail-receiver.js';
import { startWebhookReceiver } from './webhook-receiver.js';

/** Takes what comes; refuses whoever connects; answers with an error that another try may cure; takes it and never answers. */
export type Manners = 'take' | 'refuse' | 'fail' | 'hang';

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
  close(): Promise<void>;
}

/** Starts both on free ports. */
export async function startReceivers(): Promise<Receivers> {
  const deliveries: Delivery[] = [];
  const note = (delivery: Delivery) => void deliveries.push(delivery);
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const both = await Promise.all([startMailReceiver(note), startWebhookReceiver(webhookSecret, note)]);
  const [mail, webhook] = both;
  return {
    smtpUrl: mail.url,
    webhookUrl: webhook.url,
    webhookSecret,
    deliveries,
    behave: (manners) => both.forEach((receiver) => receiver.behave(manners)),
    close: async () => void (await Promise.all(both.map((receiver) => receiver.close()))),
  };
}
