// What segments are called: by what sets their centres apart.

/** So many deviations from the average customer are worth a word. */
const APART = 0.4;
const WORDS = [
  { low: 'recent', high: 'quiet' },
  { low: 'few orders', high: 'frequent' },
  { low: 'low spend', high: 'high spend' },
] as const;

/** In the order of the centres; no two alike. */
export function segmentNames(centres: readonly (readonly number[])[]): string[] {
  const taken = new Set<string>();
  for (const centre of centres) taken.add(unlike(taken, described(centre)));
  return [...taken];
}

function described(centre: readonly number[]): string {
  const words = centre.flatMap((value, k) =>
    value <= -APART ? [WORDS[k]!.low] : value >= APART ? [WORDS[k]!.high] : [],
  );
  return words.length === 0 ? 'average' : words.join(', ');
}

function unlike(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name} ${n}`)) return `${name} ${n}`;
}
