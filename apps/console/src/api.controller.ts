// The API of the console: thin; each answer lives in its own file under api/.
import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ArtifactError } from '@holdfast/model';
import { Database, findDecision } from '@holdfast/postgres';
import { toIso } from '@holdfast/schemas';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { AccessGuard, SETTINGS } from './access.guard.js';
import { readCustomer } from './api/customer.js';
import { customersQuery, readCustomers } from './api/customers.js';
import { decisionTraceOf } from './api/decision-trace.js';
import { readEffects } from './api/effects.js';
import { readQuery, refusal } from './api/failure.js';
import { readOverview } from './api/overview.js';
import { riskAtOf, riskAtQuery } from './api/risk-at.js';
import { readPast } from './api/stream-time.js';
import { readSummary, summaryQuery } from './api/summary.js';
import { LiveFeed } from './live-feed.js';
import { Models } from './models.js';
import { openApiDocument } from './open-api.js';
import { SECURITY_HEADERS } from './page.controller.js';
import { Retraces, TooManyRetraces } from './retraces.js';
import { type ConsoleSettings } from './settings.js';

@Controller('api')
@UseGuards(AccessGuard)
export class ApiController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(Models) private readonly models: Models,
    @Inject(LiveFeed) private readonly feed: LiveFeed,
    @Inject(Retraces) private readonly retraces: Retraces,
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

  @Get('customers/:id/risk')
  async riskAt(@Param('id') customer: string, @Query() query: unknown) {
    const { CONSOLE_SHOP: shop } = this.settings;
    const at = await readPast(this.db, readQuery(riskAtQuery, query).at);
    const found = riskAtOf(await orRefuse(() => this.retraces.read({ shop, customer, at })));
    if (!found) throw refusal(404, `Nothing was known of ${JSON.stringify(customer)} at ${toIso(at)} in this shop.`);
    return found;
  }

  @Get('decisions/:id')
  async decision(@Param('id') id: string) {
    const { CONSOLE_SHOP: shop } = this.settings;
    const found = await findDecision(this.db, { shop, id });
    if (!found) throw refusal(404, `There is no decision ${JSON.stringify(id)} in this shop.`);
    const { customer, at } = found;
    return decisionTraceOf(found, await orRefuse(() => this.retraces.read({ shop, customer, at })));
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

/** A `RangeError` is the caller's mistake: 400; a release that is not there is the shop's: 503. */
async function orRefuse<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError) throw refusal(400, error.message);
    if (error instanceof TooManyRetraces) throw refusal(429, error.message);
    if (error instanceof ArtifactError) throw refusal(503, error.message);
    throw error;
  }
}
