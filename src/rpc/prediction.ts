import type {
  Prediction as WirePrediction,
  PredictionServiceDefinition,
  PredictRequest,
  ExplainRequest,
} from '@foresync/protocol';
import { readableSpace } from '../content/access.js';
import type { ContentDeps } from '../content/deps.js';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { itemId, spaceId, userId, type Pseudonym, type UserId } from '../domain/ids.js';
import type { Prediction, Predictions } from '../domain/prediction-port.js';
import type { Handlers } from './call/handlers.js';
import { checked } from './inbound/fault.js';
import { id, whole } from './inbound/fields.js';

export interface PredictionDeps {
  readonly content: Pick<ContentDeps, 'store'>;
  readonly predictions: Predictions;
  /** The name that a user has behind the edge. */
  readonly pseudonymOf: (user: UserId) => Pseudonym;
}

const DEFAULT_K = 10;
const MAX_K = 100;

/** PredictionService: for backends, which may ask about any user of a space that they may read. */
export function predictionHandlers(deps: PredictionDeps): Handlers<PredictionServiceDefinition> {
  const { content, predictions } = deps;
  return {
    predict: async (request, { identity }) => {
      const order = checked(() => predictOrder(request, deps));
      const space = await readableSpace(content, backend(identity), order.space);
      const found = await predictions.predict(space, order.user, order.k);
      return { predictions: found.map(wirePrediction) };
    },
    explain: async (request, { identity }) => {
      const order = checked(() => explainOrder(request, deps));
      const space = await readableSpace(content, backend(identity), order.space);
      const { prediction, features } = await predictions.explain(space, order.user, order.item);
      return { prediction: wirePrediction(prediction), features: Object.fromEntries(features) };
    },
  };
}

function predictOrder({ space, user, k }: PredictRequest, deps: PredictionDeps) {
  return { ...subjectOf({ space, user }, deps), k: whole('k', k, 0, MAX_K) || DEFAULT_K };
}

function explainOrder({ space, user, item }: ExplainRequest, deps: PredictionDeps) {
  return { ...subjectOf({ space, user }, deps), item: itemId(id('item', item)) };
}

function subjectOf({ space, user }: { space: string; user: string }, { pseudonymOf }: PredictionDeps) {
  return { space: spaceId(id('space', space)), user: pseudonymOf(userId(id('user', user))) };
}

/** Throws BACKEND_REQUIRED for a device's token: what others need next is nothing for one user's device. */
function backend(identity: Identity): Identity {
  if (identity.device === null) return identity;
  throw new ForesyncError('BACKEND_REQUIRED', 'the token names a device, and predictions are for backends');
}

function wirePrediction({ item, score, reasons }: Prediction): WirePrediction {
  return { item, score, reasons: [...reasons] };
}
