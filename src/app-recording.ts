import { FEATURE_SPEC } from './app/model.js';
import type { Policy } from './domain/engine-port.js';
import { DESCRIPTORS } from './predictor/descriptors.js';
import { FEATURES } from './predictor/features.js';
import type { FeatureSink } from './predictor/policies/recording.js';
import { BASE_POLICIES, recordingPolicy } from './predictor/policies/recording.js';
import type { Statistics } from './predictor/statistics.js';

export type { FeatureSink };

/** What makes a policy of a replay hand everything that a policy may know to a sink. */
export const recording =
  (sink: FeatureSink) =>
  (pusher: Policy, statistics: Statistics): Policy =>
    recordingPolicy(pusher, statistics, sink);

/** What the columns of a recording are. */
export const RECORDED = {
  /** SHA-256 of their definition, hex. */
  spec: FEATURE_SPEC,
  features: FEATURES.map(({ name }) => name),
  descriptors: DESCRIPTORS.map(({ name }) => name),
  base: BASE_POLICIES,
};
