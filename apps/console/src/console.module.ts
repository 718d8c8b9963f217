// The console as a Nest module: API, page, live feed.
import { type BeforeApplicationShutdown, type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { Database } from '@holdfast/postgres';
import { type ServiceContext } from '@holdfast/service';
import { type Resources } from '@holdfast/stream';
import { openModels } from '@holdfast/tasks';

import { AccessGuard, SETTINGS } from './access.guard.js';
import { ApiController } from './api.controller.js';
import { readOverview } from './api/overview.js';
import { changes } from './changes.js';
import { LiveFeed } from './live-feed.js';
import { Models } from './models.js';
import { PageController } from './page.controller.js';
import { PastController } from './past.controller.js';
import { Retraces } from './retraces.js';
import { type ConsoleSettings, modelsDirectory, refuseOpenConsole } from './settings.js';

/** Open connections would keep the server from closing. */
@Injectable()
class CloseFeed implements BeforeApplicationShutdown {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  beforeApplicationShutdown(): void {
    this.feed.close();
  }
}

@Module({})
export class ConsoleModule {
  /** Throws {@link OpenConsoleError} when strangers could look in. */
  static register(context: ServiceContext, resources: Resources, settings: ConsoleSettings): DynamicModule {
    refuseOpenConsole(settings);
    const { database } = resources;
    const models = new Models(modelsDirectory(settings));
    const feed = new LiveFeed(
      () => database.transaction((tx) => readOverview(tx, settings, Date.now(), models)),
      context.logger,
    );
    changes(resources).add(feed.changed);
    return {
      module: ConsoleModule,
      controllers: [ApiController, PastController, PageController],
      providers: [
        { provide: Database, useValue: database },
        { provide: SETTINGS, useValue: settings },
        { provide: Models, useValue: models },
        { provide: LiveFeed, useValue: feed },
        { provide: Retraces, useValue: new Retraces(resources, openModels(modelsDirectory(settings))) },
        AccessGuard,
        CloseFeed,
      ],
    };
  }
}
