// What features have saved of a customer, where it fits what scoring has.
import { countersAt, type CustomerFeatures, FEATURE_SET_HASH, orderedFeaturesCodec } from '@holdfast/features';
import { findStates, type Transaction } from '@holdfast/postgres';
import { curveAfter, silentDaysIn } from '@holdfast/risk';
import { readState } from '@holdfast/stream';

import { type Scored } from './scored.js';

/** So far a curve that is drawn anew may miss the one that scoring has saved: in the last bits. */
const TOLERANCE = 1e-4;

/** Null where features and scoring have not both come to the customer's newest event yet, and before the first purchase. */
export async function readFeatures(db: Transaction, { state, artifact }: Scored): Promise<CustomerFeatures | null> {
  const [row] = await findStates(db, 'features', { shop: state.shop, customers: [state.customer] });
  if (!row || row.version > orderedFeaturesCodec.version) return null;
  if (state.curve.length === 0 || artifact.featureSet !== FEATURE_SET_HASH) return null;
  const { now: features } = readState(orderedFeaturesCodec, row, 'state of features');
  const w = countersAt(features, features.asOf);
  const [first] = curveAfter(artifact, state.h, w, silentDaysIn(w));
  return Math.abs(first! - state.curve[0]!) <= TOLERANCE ? features : null;
}
