// What scoring last saved of customers, a few seconds ago at most: from it the risk of this moment is read.
import { findStates, type Transaction } from '@holdfast/postgres';
import { type Artifact, type ScoringState, scoringStateCodec } from '@holdfast/model';
import { readState } from '@holdfast/stream';

import { type Models } from '../models.js';

/** A customer's state and the release that drew their curve. */
export interface Scored {
  readonly state: ScoringState;
  readonly artifact: Artifact;
}

/** By customer. Left out: who was never scored, and whose release is not at hand. */
export async function readScored(
  db: Transaction,
  models: Models,
  who: { readonly shop: string; readonly customers: readonly string[] },
): Promise<ReadonlyMap<string, Scored>> {
  const found = new Map<string, Scored>();
  for (const stored of await findStates(db, 'scoring', who)) {
    if (stored.version > scoringStateCodec.version || stored.bytes.length === 0) continue;
    const state = readState(scoringStateCodec, stored, 'state of scoring');
    const artifact = await models.get(state.model);
    if (artifact && state.curve.length === artifact.knotsDays.length) found.set(state.customer, { state, artifact });
  }
  return found;
}
