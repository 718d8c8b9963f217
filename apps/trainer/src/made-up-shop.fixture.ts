// For tests: a shop's export, as CSV in the general layout.

/** Customers over 160 days from 2024-01-01 on, each with a rhythm of their own; half of them stop some day. */
export function madeUpShop(customers: number, seed = 7): string {
  const rows = ['customer_id,occurred_at,type,order_id,amount,currency'];
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff;
  for (let i = 0; i < customers; i++) {
    const gap = 3 + 12 * random();
    const last = random() < 0.5 ? 160 * random() : 160;
    for (let day = gap * random(), n = 0; day < last; day += gap * (0.4 + 1.2 * random()), n++) {
      const at = (minutes: number) =>
        new Date(Date.UTC(2024, 0, 1) + day * 86_400_000 + minutes * 60_000).toISOString();
      if (n % 2 === 0) rows.push(`c${i},${at(-9)},view,,,`);
      rows.push(`c${i},${at(0)},purchase,${i}-${n},${10 + ((i + n) % 40)}.50,EUR`);
    }
  }
  return rows.join('\n');
}
