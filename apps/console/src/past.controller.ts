// The past, read from the log: what was known of a customer at an instant, and what led to a decision.
import { Controller, Get, Inject, Param, Query, UseGuards } from '@nestjs/common';
import { ArtifactError } from '@holdfast/model';
import { Database, findDecision } from '@holdfast/postgres';
import { toIso } from '@holdfast/schemas';

import { AccessGuard, SETTINGS } from './access.guard.js';
import { decisionTraceOf } from './api/decision-trace.js';
import { readQuery, refusal } from './api/failure.js';
import { riskAtOf, riskAtQuery } from './api/risk-at.js';
import { readPast } from './api/stream-time.js';
import { type Retraced, type RetraceQuery, Retraces, TooManyRetraces } from './retraces.js';
import { type ConsoleSettings } from './settings.js';

@Controller('api')
@UseGuards(AccessGuard)
export class PastController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(Retraces) private readonly retraces: Retraces,
  ) {}

  @Get('customers/:id/risk')
  async riskAt(@Param('id') customer: string, @Query() query: unknown) {
    const { CONSOLE_SHOP: shop } = this.settings;
    const at = await readPast(this.db, readQuery(riskAtQuery, query).at);
    const found = riskAtOf(await this.#read({ shop, customer, at }));
    if (!found) throw refusal(404, `Nothing was known of ${JSON.stringify(customer)} at ${toIso(at)} in this shop.`);
    return found;
  }

  @Get('decisions/:id')
  async decision(@Param('id') id: string) {
    const { CONSOLE_SHOP: shop } = this.settings;
    const found = await findDecision(this.db, { shop, id });
    if (!found) throw refusal(404, `There is no decision ${JSON.stringify(id)} in this shop.`);
    const { customer, at } = found;
    return decisionTraceOf(found, await this.#read({ shop, customer, at }));
  }

  async #read(query: RetraceQuery): Promise<Retraced> {
    try {
      return await this.retraces.read(query);
    } catch (error) {
      if (error instanceof TooManyRetraces) throw refusal(429, error.message);
      if (error instanceof ArtifactError) throw refusal(503, error.message);
      throw error;
    }
  }
}
