// The prior that ships: of all shops.
import { mkdir } from 'node:fs/promises';

import { type PriorOptions } from './options.js';
import { writePrior } from './prior-file.js';
import { type PriorContext, priorFrom } from './prior-from.js';
import { readShopPlans } from './shops.js';

/** Throws `Interrupted`. */
export async function makePrior(options: PriorOptions, context: PriorContext): Promise<void> {
  await mkdir(options.out, { recursive: true }); // rather now than when there is a network to be lost
  const { artifact, shops } = await priorFrom(await readShopPlans(options.shops), options, context);
  const path = await writePrior(artifact, shops, options.out);
  context.say(`The prior of ${shops.map(({ name }) => name).join(', ')} is in ${path}.`);
}
