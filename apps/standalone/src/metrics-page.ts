// Reads single figures off a Prometheus page.

/** Values of one metric whose labels include all of `labels`, in the page's order. */
export function metricValues(page: string, name: string, labels: Readonly<Record<string, string>>): number[] {
  const values: number[] = [];
  for (const line of page.split('\n')) {
    if (!line.startsWith(`${name}{`)) continue;
    if (Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
      values.push(Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  return values;
}

/** Fetches the metrics of a service. */
export async function metricsPage(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  if (!response.ok) throw new Error(`${url}/metrics answered ${response.status}`);
  return response.text();
}
