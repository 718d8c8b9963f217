// Segments of customers: k-means on standardised recency, frequency and monetary value (model.md §8). As many as are found again in resamples of
// the customers, each of them (Hennig 2007: the agreement of two partitions as wholes hides a crowd that was cut in two); where they are not, all
// customers are one.
import { type Rfm } from '@holdfast/features';
import { distance, nearest, type Segmentation, standardised } from '@holdfast/model';
import { kmeans } from 'ml-kmeans';

import { matrixOf, standardiserOf } from '../matrix.js';
import { mean } from '../mean.js';
import { type Random, randomFor, shuffled } from '../random.js';
import { segmentNames } from './segment-names.js';

const MOST_SEGMENTS = 7;
/** A segment is found again when it and its likest one in a resample share so much of both (Jaccard), on the mean. */
const LEAST_LIKENESS = 0.85;
const LEAST_SHARE = 0.05;
const RESAMPLES = 10;
/** Beginnings of which the best is taken; fewer in a resample, of which there are many. */
const BEGINNINGS = { whole: 5, resample: 2 } as const;
/** More customers find the same. */
const MOST_POINTS = 1_000;

/** `points`: of each customer one. */
export function fitSegmentation(points: readonly Rfm[], seed: number): Segmentation {
  const random = randomFor(seed, 'segments');
  const some = points.length > MOST_POINTS ? shuffled(points, random).slice(0, MOST_POINTS) : points;
  const { mean, deviation } = standardiserOf(matrixOf(some));
  const standardiser = { mean: [...mean], deviation: [...deviation] };
  const data = some.map((point) => standardised(standardiser, point));
  const centres = largestStable(data, random) ?? [[0, 0, 0]];
  return { ...standardiser, centres, names: segmentNames(centres) };
}

function largestStable(data: readonly number[][], random: Random): number[][] | null {
  for (let k = MOST_SEGMENTS; k >= 2; k--) {
    if (data.length < k / LEAST_SHARE) continue;
    const centres = cluster(data, k, BEGINNINGS.whole, random);
    const parts = data.map((point) => nearest(centres, point));
    const smallest = Math.min(...centres.map((_, part) => parts.filter((of) => of === part).length));
    if (smallest < LEAST_SHARE * data.length) continue;
    const again = Array.from({ length: RESAMPLES }, () => {
      const drawn = data.map(() => data[Math.floor(random.next() * data.length)]!);
      const others = cluster(drawn, k, BEGINNINGS.resample, random);
      return likeness(k, parts, data.map((point) => nearest(others, point))); // prettier-ignore
    });
    if (centres.every((_, part) => mean(again.map((of) => of[part]!)) >= LEAST_LIKENESS)) return centres;
  }
  return null;
}

/** Of each part of `a` the greatest Jaccard index with a part of `b`: shared points ÷ points of either. */
function likeness(k: number, a: readonly number[], b: readonly number[]): number[] {
  const counts = (length: number) => new Float64Array(length);
  const [shared, ofA, ofB] = [counts(k * k), counts(k), counts(k)];
  a.forEach((part, i) => {
    shared[part * k + b[i]!]! += 1;
    ofA[part]! += 1;
    ofB[b[i]!]! += 1;
  });
  return Array.from(ofA, (all, part) =>
    Array.from(ofB, (other, j) => shared[part * k + j]! / (all + other - shared[part * k + j]!)).reduce((x, y) =>
      Math.max(x, y),
    ),
  );
}

/** The best of a few beginnings; centres by rising first coordinate, so that they have an order of their own. */
function cluster(data: readonly number[][], k: number, beginnings: number, random: Random): number[][] {
  const found = Array.from({ length: beginnings }, () => {
    const seed = Math.floor(random.next() * 2 ** 31);
    const { centroids } = kmeans(data as number[][], k, { initialization: 'kmeans++', seed });
    return {
      centroids,
      loss: data.reduce((sum, point) => sum + distance(centroids[nearest(centroids, point)]!, point), 0),
    };
  });
  const best = found.reduce((a, b) => (b.loss < a.loss ? b : a)).centroids;
  return best.toSorted((a, b) => a[0]! - b[0]!);
}
