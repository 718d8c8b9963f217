// Sharing the partitions of a topic among the members of a group.

/** Shares 0…count−1 evenly, moving as few as possible. */
export function spread(count: number, held: readonly (readonly number[])[]): number[][] {
  const size = Math.floor(count / Math.max(1, held.length));
  let larger = count - size * held.length;
  const shares = held.map((mine) => {
    const quota = mine.length > size && larger > 0 ? size + 1 : size;
    if (quota > size) larger -= 1;
    return [...mine].sort((a, b) => a - b).slice(0, quota);
  });
  const taken = new Set(shares.flat());
  const free = Array.from({ length: count }, (_, partition) => partition).filter((partition) => !taken.has(partition));
  for (const share of shares) {
    while (share.length < size && free.length > 0) share.push(free.shift() as number);
  }
  for (const share of shares) {
    if (larger > 0 && share.length === size && free.length > 0) {
      share.push(free.shift() as number);
      larger -= 1;
    }
  }
  return shares;
}
