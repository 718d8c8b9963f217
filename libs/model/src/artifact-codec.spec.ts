import { describe, expect, it } from '@jest/globals';

import { decodeArtifact, encodeArtifact } from './artifact-codec.js';
import { ArtifactError } from './artifact-reader.js';
import { randomArtifact } from './fixtures.js';

const head = () => Float32Array.from({ length: 32 + 4 + 1 }, (_, i) => i / 8);
const artifact = {
  ...randomArtifact({ stepSize: 5, wideSize: 4, featureSet: 'abc' }),
  arrivals: { cure: head(), scale: head(), shape: head() },
};
const bytes = encodeArtifact(artifact);
const expected = { featureSet: 'abc', stepSize: 5, wideSize: 4 };

/** The file with one value replaced; undefined removes it. */
function changed(path: string, value: unknown): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const node = keys.reduce((at, key) => at[key] as Record<string, unknown>, json);
  node[last] = value;
  return new TextEncoder().encode(JSON.stringify(json));
}

/** The given float32 values as base64. */
const base64 = (...values: number[]) => Buffer.from(new Float32Array(values).buffer).toString('base64');

describe('the file of a model release', () => {
  it('comes back as it went in, and the same release makes the same bytes', () => {
    expect(decodeArtifact(bytes, expected)).toEqual(artifact);
    expect(encodeArtifact(decodeArtifact(bytes))).toEqual(bytes);
  });

  it('need not say when customers come', () => {
    const { arrivals: _, ...silent } = artifact;
    expect(decodeArtifact(encodeArtifact(silent), expected)).toEqual(silent);
  });

  it.each([
    [
      'knows too little of arrivals',
      changed('arrivals.cure', base64(1, 2)),
      /wrong `arrivals.cure` \(37 values, not 2\)/,
    ],
    ['is empty', new Uint8Array(), /is empty: copy it again/],
    ['is cut short', bytes.subarray(0, bytes.length - 100), /no JSON, perhaps cut short/],
    ['lacks a part', changed('lstm.bias', undefined), /lacks `lstm.bias`/],
    ['has weights of another shape', changed('skip', base64(1, 2, 3)), /wrong `skip` \(4 values, not 3\)/],
    ['holds NaN', changed('skip', base64(1, 2, NaN, 4)), /wrong `skip` \(only finite values\)/],
    ['holds what is no base64', changed('skip', '%%'), /wrong `skip` \(base64/],
    ['is of a later version', changed('version', 2), /version 2; this build reads version 1/],
    ['was trained on other features', changed('featureSet', 'xyz'), /feature set xyz, but this build computes abc/],
    ['has a deviation of 0', changed('scaler.deviation', base64(1, 0, 1, 1)), /scaler.deviation must be above 0/],
    ['has falling knots', changed('knotsDays', [0, 3, 2]), /knotsDays must rise/],
    ['has thresholds the wrong way round', changed('thresholds.medium', 0.9), /thresholds must rise/],
    ['has a negative slope', changed('calibration.slope', -1), /calibration.slope/],
    ['is a list', new TextEncoder().encode('[]'), /lacks `version`/],
    ['is null', new TextEncoder().encode('null'), /lacks `version`/],
  ])('is refused when it %s', (_, file, message) => {
    expect(() => decodeArtifact(file, expected)).toThrow(ArtifactError);
    expect(() => decodeArtifact(file, expected)).toThrow(message);
  });

  it('is refused when its inputs have another size', () => {
    expect(() => decodeArtifact(bytes, { ...expected, wideSize: 40 })).toThrow(
      /4 wide inputs, but this build makes 5 and 40/,
    );
  });
});
