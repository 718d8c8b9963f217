// The settings of dispatch: those of its rules are in libs/policy.
import { type Static, Type } from '@sinclair/typebox';
import { channelsOfSettings, type Rules, ruleSettings, rulesOfSettings } from '@holdfast/policy';

/** With neither SMTP_URL nor DISPATCH_WEBHOOK_URL messages are kept to be read. */
const ownSettings = Type.Object({
  SMTP_URL: Type.String({
    default: '',
    description: 'mail server, e.g. smtp://user:password@host:587; empty: no e-mail',
  }),
  DISPATCH_SENDER: Type.String({ default: 'Holdfast <holdfast@localhost>', description: 'From of e-mails' }),
  DISPATCH_WEBHOOK_URL: Type.String({ default: '', description: 'messages are posted there; empty: no webhook' }),
  DISPATCH_WEBHOOK_SECRET: Type.Optional(
    Type.String({ description: 'signs webhooks (Standard Webhooks): whsec_ and base64, needed with the URL' }),
  ),
  DISPATCH_LEASE_SECONDS: Type.Integer({
    default: 180,
    minimum: 5,
    description:
      'longer than a send ever takes (a mail server may use up several timeouts of 15 s): what a killed process was sending is sent again after so long',
  }),
  DISPATCH_SHOP_NAME: Type.String({ default: 'our shop', description: 'how messages call the shop' }),
  DISPATCH_SHOP_URL: Type.String({ default: '', description: 'link to the shop in messages' }),
  DISPATCH_UNSUBSCRIBE_URL: Type.String({ default: '', description: 'link in messages; empty: "answer with STOP"' }),
});

export const dispatchSettings = Type.Composite([ownSettings, ruleSettings]);
export type DispatchSettings = Static<typeof dispatchSettings>;

/** The rules that the settings make. Throws `RangeError`, e.g. for an unknown time zone. */
export const rulesOf = (settings: DispatchSettings): Rules => rulesOfSettings(settings, channelsOfSettings(settings));
