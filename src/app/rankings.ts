import type { Policy } from '../domain/engine-port.js';
import type { SpaceId } from '../domain/ids.js';
import type { StateStore } from '../domain/model-port.js';
import type { UserStore } from '../domain/store-port.js';
import type { LiveModel } from '../predictor/model/live-model.js';
import { Recurrence } from '../predictor/model/recurrence.js';
import { StoredStates } from '../predictor/model/states.js';
import { OnlineLayer } from '../predictor/online/layer.js';
import { OwnedLayer } from '../predictor/online/owned-layer.js';
import { adaptivePolicy } from '../predictor/policies/adaptive.js';
import { PLAIN_POLICIES, policyNamed } from '../predictor/policies/named.js';
import type { Statistics } from '../predictor/statistics.js';
import { seededRandom } from '../util/seeded-random.js';

export { PLAIN_POLICIES } from '../predictor/policies/named.js';

/** Who ranks for a space. */
export type PolicyFactory = (space: SpaceId, statistics: Statistics) => Policy;

export interface RankingParts {
  /** The network; null if the ranking needs none (see `needsModel`). */
  readonly model: LiveModel | null;
  readonly users: Pick<UserStore, 'recurrent' | 'saveRecurrent'>;
  /** A user's step did not reach the recurrent state. */
  readonly onLost: (error: unknown) => void;
}

/** What a ranking by the model consists of. All but `model` are for measuring what each part is worth. */
const MODELS = {
  model: { network: true, learns: true, hedged: true },
  'model-frozen': { network: true, learns: false, hedged: true },
  'model-unhedged': { network: true, learns: true, hedged: false },
  'model-bare': { network: true, learns: false, hedged: false },
  layer: { network: false, learns: true, hedged: false },
} as const satisfies Record<string, ModelKind>;

interface ModelKind {
  readonly network: boolean;
  readonly learns: boolean;
  readonly hedged: boolean;
}

/** Whom the hedge compares the model with. */
const RIVALS = PLAIN_POLICIES.filter((name) => name !== 'none');

/** The same draws at each start: what is learned should not depend on luck that nobody can repeat. */
const SEED = 1;

/** Every ranking there is, by name. */
export const RANKINGS: readonly string[] = [...PLAIN_POLICIES, ...Object.keys(MODELS)];

/** Whether a ranking of this name asks the network. */
export const needsModel = (name: string): boolean => kindOf(name)?.network ?? false;

/** The ranking of a name. Throws CONFIG_INVALID at its first use if there is none. */
export function rankingNamed(name: string, parts: RankingParts): PolicyFactory {
  const kind = kindOf(name);
  if (kind === undefined) return (_space, statistics) => policyNamed(name, statistics);
  return (space, statistics) => modelPolicy(name, kind, space, statistics, parts);
}

/** A model that only rehearses: it learns, and its users' states are in memory alone, for the store has those of the other. */
export function rehearsing(model: LiveModel, onLost: (error: unknown) => void): PolicyFactory {
  const kind = { network: true, learns: true, hedged: false };
  const parts = { model, users: NO_STATES, onLost };
  return (space, statistics) => modelPolicy('shadow', kind, space, statistics, parts);
}

const NO_STATES: RankingParts['users'] = {
  recurrent: () => Promise.resolve({ version: 0, bytes: new Uint8Array() }),
  saveRecurrent: () => Promise.resolve(true),
};

function modelPolicy(
  name: string,
  kind: ModelKind,
  space: SpaceId,
  statistics: Statistics,
  { model, users, onLost }: RankingParts,
): Policy {
  const network = kind.network ? model : null;
  const owned = new OwnedLayer(
    () => new OnlineLayer({ random: seededRandom(SEED), isFrozen: !kind.learns }),
    network === null ? null : () => network.id,
  );
  const layer = () => owned.now;
  const rest = {
    ...(kind.learns ? { memory: owned } : {}),
    ...(kind.hedged ? { rivals: RIVALS.map((rival) => policyNamed(rival, statistics)) } : {}),
  };
  if (network === null) return adaptivePolicy({ name, statistics, layer, logits: () => null, ...rest });
  const recurrence = new Recurrence({
    counts: statistics.counts,
    use: (work) => network.use(work),
    states: new StoredStates(space, stateStore(users)),
    onLost,
  });
  const adaptive = adaptivePolicy({
    name,
    statistics,
    layer,
    logits: (question, features) => recurrence.logits(question, features),
    ...rest,
  });
  return {
    ...adaptive,
    observe: (step, before, isElsewhere) => {
      if (isElsewhere === true) recurrence.movedElsewhere(step.user);
      else recurrence.observe(step, before);
      adaptive.observe?.(step, before);
    },
    forget: (user) => {
      recurrence.forget(user);
      adaptive.forget?.(user);
    },
  };
}

function stateStore(users: RankingParts['users']): StateStore {
  return {
    load: (user, space) => users.recurrent(user, space),
    save: (user, space, version, bytes) => users.saveRecurrent(user, space, version, bytes),
  };
}

function kindOf(name: string): ModelKind | undefined {
  return Object.entries(MODELS).find(([known]) => known === name)?.[1];
}
