// What it costs to wait.
import { load } from './pipeline.mjs';
import { cpuSeconds, cpuSecondsOfAll, family, residentMb, startHoldfast } from './processes.mjs';
import { row } from './results.mjs';

const round = (value) => Number(value.toFixed(2));

/** What silent customers with a crossing ahead of them cost while nothing happens. */
export async function idle({ on = 'embedded', customers = 100_000, target = on === 'kafka' ? 5 : 2 } = {}) {
  const holdfast = await startHoldfast('--no-replay', ...(on === 'kafka' ? ['--kafka'] : []));
  try {
    await load(holdfast, purchasesOf('silent'), customers);
    const name = `${customers} silent customers`;
    return await waitingCosts(holdfast, { name, on, target });
  } finally {
    await holdfast.stop();
  }
}

/** One purchase each of ever more customers. */
export function* purchasesOf(prefix) {
  for (let n = 0; ; n++)
    yield {
      type: 'track',
      messageId: `${prefix}-${n}`,
      userId: `${prefix}-${n}`,
      event: 'Order Completed',
      properties: { order_id: `${prefix}-${n}`, revenue: 20, currency: 'GBP' },
    };
}

/** Rows for what all processes use while nothing happens. `target`: most of a core for our own. */
export async function waitingCosts(holdfast, { name, on, target, seconds = 30 }) {
  await new Promise((resolve) => setTimeout(resolve, 10_000)); // last checkpoints
  const pids = Object.values(holdfast.pids);
  const others = () => cpuSecondsOfAll(family(holdfast.pid).filter((pid) => !pids.includes(pid)));
  const sum = (ids) => ids.reduce((total, pid) => total + cpuSeconds(pid), 0);
  const [own, other] = [sum(pids), others()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const largest = Math.max(...pids.map(residentMb));
  const share = ((sum(pids) - own) / seconds) * 100;
  return [
    row(`idle, ${name}, ${on}: our processes`, round(share), '% of a core', {
      against: `target ${target}`,
      ratio: round(share / target),
    }),
    row(`idle, ${name}, ${on}: PostgreSQL and broker`, round(((others() - other) / seconds) * 100), '% of a core'),
    row(`idle, ${name}, ${on}: memory of our processes, the largest`, round(largest), 'MB', {
      against: 'target 400',
      ratio: round(largest / 400),
    }),
  ];
}
