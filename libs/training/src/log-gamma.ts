// log Γ(x) for x > 0 by Stirling's series after moving x above 10 (Abramowitz & Stegun 6.1.41); relative error below 1e-12.

export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`x must be above 0, not ${x}`);
  let [moved, shift] = [x, 0];
  while (moved < 10) shift -= Math.log(moved++);
  const square = 1 / (moved * moved);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / moved;
  return shift + (moved - 0.5) * Math.log(moved) - moved + 0.5 * Math.log(2 * Math.PI) + series;
}
