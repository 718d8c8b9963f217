// The API of the console: thin; each answer lives in its own file under api/. What is read from the log: past.controller.ts.
import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { Database } from '@holdfast/postgres';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { AccessGuard, SETTINGS } from './access.guard.js';
import { readCustomer } from './api/customer.js';
import { customersQuery, readCustomers } from './api/customers.js';
import { readEffects } from './api/effects.js';
import { readQuery, refusal } from './api/failure.js';
import { readOverview } from './api/overview.js';
import { readSummary, summaryQuery } from './api/summary.js';
import { LiveFeed } from './live-feed.js';
import { Models } from './models.js';
import { openApiDocument } from './open-api.js';
import { SECURITY_HEADERS } from './page.controller.js';
import { type ConsoleSettings } from './settings.js';

@Controller('api')
@UseGuards(AccessGuard)
export class ApiController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(Models) private readonly models: Models,
    @Inject(LiveFeed) private readonly feed: LiveFeed,
  ) {}

  @Get('overview')
  overview() {
    return this.db.transaction((tx) => readOverview(tx, this.settings, Date.now(), this.models));
  }

  @Get('customers')
  customers(@Query() query: unknown) {
    const shop = this.settings.CONSOLE_SHOP;
    return orRefuse(() => readCustomers(this.db, this.models, { ...readQuery(customersQuery, query), shop }));
  }

  // A wildcard, for an id may have a slash in it.
  @Get('customers/*')
  async customer(@Param('*') id: string) {
    const { CONSOLE_SHOP: shop, CONSOLE_CURRENCY: currency } = this.settings;
    const who = { shop, customer: id, currency };
    const found = await this.db.transaction((tx) => readCustomer(tx, this.models, who));
    if (!found) throw refusal(404, `No customer ${JSON.stringify(id)} has been seen in this shop.`);
    return found;
  }

  @Get('effects')
  async effects() {
    return { effects: await readEffects(this.db, this.settings.CONSOLE_SHOP) };
  }

  @Get('summary')
  summary(@Query() query: unknown) {
    return orRefuse(() => readSummary(this.db, this.settings.CONSOLE_SHOP, readQuery(summaryQuery, query).until));
  }

  @Get('openapi.json')
  openApi() {
    return openApiDocument;
  }

  @Get('stream')
  stream(@Req() _request: FastifyRequest, @Res() reply: FastifyReply) {
    reply.hijack();
    this.feed.listen(reply.raw, SECURITY_HEADERS);
  }
}

/** A `RangeError` is the caller's mistake: 400. */
async function orRefuse<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError) throw refusal(400, error.message);
    throw error;
  }
}
