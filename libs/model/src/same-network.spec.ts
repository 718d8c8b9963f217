import { expect, it } from '@jest/globals';

import { randomArtifact } from './fixtures.js';
import { isSameEncoder, isSameNetwork } from './same-network.js';

const artifact = randomArtifact({ stepSize: 3, wideSize: 2, hidden: 4 });
const weights = () => Float32Array.from({ length: 7 }, (_, i) => i);

it('a network is the same whatever else its release says', () => {
  const arrivals = { cure: weights(), scale: weights(), shape: weights() };
  for (const other of [{ arrivals }, { thresholds: { medium: 0.2, high: 0.9 } }, { ranksOnly: true as const }]) {
    expect(isSameNetwork(artifact, { ...artifact, ...other })).toBe(true);
    expect(isSameEncoder(artifact, { ...artifact, ...other })).toBe(true);
  }
});

it('with another slope it is another one, and still reads events alike; with another memory it does not', () => {
  const sloped = { ...artifact, calibration: { slope: 0.5 } };
  expect([isSameNetwork(artifact, sloped), isSameEncoder(artifact, sloped)]).toEqual([false, true]);
  const lstm = { ...artifact.lstm, bias: artifact.lstm.bias.map((value) => value + 1) };
  expect(isSameEncoder(artifact, { ...artifact, lstm })).toBe(false);
});
