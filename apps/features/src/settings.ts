// Settings of the features service: none of its own, for what it computes belongs to the feature set, not to a deployment.
import { type Static, Type } from '@sinclair/typebox';

export const featuresSettings = Type.Object({});
export type FeaturesSettings = Static<typeof featuresSettings>;
