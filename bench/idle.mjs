// What it costs to wait.
import { load } from './pipeline.mjs';
import { cpuSeconds, cpuSecondsOfAll, family, startHoldfast } from './processes.mjs';
import { row } from './results.mjs';

const round = (value) => Number(value.toFixed(2));

/** What 100,000 silent customers with a crossing ahead of them cost while nothing happens. */
export async function idle({ on = 'embedded', customers = 100_000, seconds = 30 } = {}) {
  const holdfast = await startHoldfast('--no-replay', ...(on === 'kafka' ? ['--kafka'] : []));
  try {
    const purchases = (function* () {
      for (let n = 0; ; n++)
        yield {
          type: 'track',
          messageId: `idle-${n}`,
          userId: `silent-${n}`,
          event: 'Order Completed',
          properties: { order_id: `o-${n}`, revenue: 20, currency: 'GBP' },
        };
    })();
    await load(holdfast, purchases, customers);
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // last checkpoints
    const pids = Object.values(holdfast.pids);
    const others = () => cpuSecondsOfAll(family(holdfast.pid).filter((pid) => !pids.includes(pid)));
    const sum = (ids) => ids.reduce((total, pid) => total + cpuSeconds(pid), 0);
    const [own, other] = [sum(pids), others()];
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const share = ((sum(pids) - own) / seconds) * 100;
    const target = on === 'kafka' ? 5 : 2;
    return [
      row(`idle, ${customers} silent customers, ${on}: our processes`, round(share), '% of a core', {
        against: `target ${target}`,
        ratio: round(share / target),
      }),
      row(
        `idle, ${customers} silent customers, ${on}: PostgreSQL and broker`,
        round(((others() - other) / seconds) * 100),
        '% of a core',
      ),
    ];
  } finally {
    await holdfast.stop();
  }
}
