// Dispatch as a Nest module: what runs beside the stream, publisher and sender.
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type ClaimedMessage } from '@holdfast/postgres';
import { type Channel } from '@holdfast/schemas';
import { type ServiceContext } from '@holdfast/service';
import { type Resources } from '@holdfast/stream';

import { type SendChannel } from './channel.js';
import { emailChannel } from './email-channel.js';
import { Publisher } from './publisher.js';
import { repeat, type Repeat } from './repeat.js';
import { sendDue } from './sender.js';
import { type DispatchSettings, rulesOf } from './settings.js';
import { onCommitted, partitionsToActOn } from './stream-side.js';
import { webhookChannel } from './webhook-channel.js';

const WORK = Symbol('what the background work needs');
const PUBLISH_EVERY_MS = 2_000;
const SEND_EVERY_MS = 1_000;

interface Work {
  readonly context: ServiceContext;
  readonly resources: Resources;
  readonly settings: DispatchSettings;
  readonly channels: ReadonlyMap<Channel, SendChannel>;
}

@Injectable()
class BackgroundWork implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #publisher: Publisher;
  readonly #repeats: Repeat[] = [];
  readonly #stopping = new AbortController();
  readonly #nudge = () => this.#repeats.forEach((each) => each.nudge());

  constructor(@Inject(WORK) private readonly work: Work) {
    this.#publisher = new Publisher(work.resources);
  }

  onApplicationBootstrap(): void {
    const { context, resources, settings, channels } = this.work;
    const { logger, metrics } = context;
    const { database, probe } = resources;
    const publish = () => this.#publisher.publish();
    this.#repeats.push(repeat(publish, { name: 'publishing', everyMs: PUBLISH_EVERY_MS, logger }));
    if (channels.size > 0) {
      const options = {
        ...{ database, rules: rulesOf(settings), channels, now: Date.now, metrics },
        leaseMs: settings.DISPATCH_LEASE_SECONDS * 1_000,
        signal: this.#stopping.signal,
        partitions: () => partitionsToActOn(resources),
        delivered: ({ partition }: ClaimedMessage) => probe?.reached?.('delivered', 'dispatch', partition),
      };
      const send = async () => void (await sendDue(options));
      this.#repeats.push(repeat(send, { name: 'sending', everyMs: SEND_EVERY_MS, logger }));
    }
    logger.info({ channels: [...channels.keys()] }, 'messages leave by these channels; none: they are kept to be read');
    onCommitted(resources).add(this.#nudge);
  }

  async beforeApplicationShutdown(): Promise<void> {
    onCommitted(this.work.resources).delete(this.#nudge);
    this.#stopping.abort();
    await Promise.all(this.#repeats.map((each) => each.stop()));
    await this.#publisher.close();
    for (const channel of this.work.channels.values()) channel.close();
  }
}

@Module({})
export class DispatchModule {
  /** Throws `RangeError` with a sentence when a channel cannot work as it is set up. */
  static register(context: ServiceContext, resources: Resources, settings: DispatchSettings): DynamicModule {
    const work: Work = { context, resources, settings, channels: channelsOf(settings) };
    return { module: DispatchModule, providers: [{ provide: WORK, useValue: work }, BackgroundWork] };
  }
}

function channelsOf(settings: DispatchSettings): Map<Channel, SendChannel> {
  const channels = new Map<Channel, SendChannel>();
  const { SMTP_URL: smtp, DISPATCH_WEBHOOK_URL: url, DISPATCH_WEBHOOK_SECRET: secret } = settings;
  const { DISPATCH_SENDER: sender, DISPATCH_UNSUBSCRIBE_URL: unsubscribeUrl } = settings;
  if (smtp !== '') channels.set('email', emailChannel({ url: smtp, sender, unsubscribeUrl }));
  if (url !== '') channels.set('webhook', webhookChannel({ url, secret, now: Date.now }));
  return channels;
}
