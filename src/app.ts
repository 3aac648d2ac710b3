import { createHash, randomBytes } from 'node:crypto';
import type { HeartsDeps } from './app/hearts.js';
import { openHeart } from './app/hearts.js';
import { deploymentKeys, verifierOf } from './app/identity.js';
import type { LoadModel } from './app/model.js';
import { ModelReporter } from './app/model-reporter.js';
import { Node } from './app/node.js';
import { NodeModels } from './app/node-models.js';
import { planObserver, sessionObserver } from './app/observers.js';
import type { PolicyFactory } from './app/rankings.js';
import { rankingNamed, RANKINGS } from './app/rankings.js';
import { StoreReporter } from './app/store-reporter.js';
import { pushTerms, rpcOptions, sessionSettings, storeConfig } from './app/settings.js';
import type { Understudy } from './app/understudy.js';
import type { Config } from './config.js';
import type { Clock } from './domain/clock.js';
import type { PlanObserver } from './domain/engine-port.js';
import { ForesyncError } from './domain/errors.js';
import { type Pseudonym, sessionId, type UserId } from './domain/ids.js';
import type { Store } from './domain/store-port.js';
import type { LiveModel } from './predictor/model/live-model.js';
import type { DerivedKeys } from './rpc/identity/server-key.js';
import { pseudonymOf } from './rpc/identity/server-key.js';
import type { RpcDeps } from './rpc/server.js';
import { RpcServer } from './rpc/server.js';
import { Gate } from './session/gate.js';
import type { SessionObserver } from './session/observer.js';
import { predictionsOf } from './session/predictions.js';
import { privacyOf } from './session/privacy.js';
import { REAL_TIMER } from './session/timer.js';
import { openStore } from './store/open.js';
import type { Logger } from './telemetry/logger.js';
import { createLogger } from './telemetry/logger.js';
import { createMetrics } from './telemetry/metrics.js';

export type { PolicyFactory } from './app/rankings.js';

/** A server node: `start`, `address`, `quiesce`, `stop`, … */
export type App = Node;

/** What tests, replays and embedding programs bring along. */
export interface AppOverrides {
  /** What activities, tokens and contents are dated by; heartbeats and timeouts keep to the machine's time. */
  readonly clock?: Clock;
  /** Who ranks, instead of the configured policy. */
  readonly policy?: PolicyFactory;
  /** Sees every plan. */
  readonly observer?: PlanObserver;
  /** Names users otherwise than by a keyed hash: what the canary test switches anonymisation off with, and nothing else may. */
  readonly pseudonymOf?: (user: UserId) => Pseudonym;
  /** A store that is open already; whoever opened it closes it. */
  readonly store?: Store;
  readonly logger?: Logger;
  /** Reads a model from its folder, instead of the files' reader. */
  readonly loadModel?: LoadModel;
  /** Hears of each plan that the model did not score; else they are counted. */
  readonly onModelFailed?: (error: ForesyncError) => void;
}

/** Composes a server; nothing is served before its `start`. Throws CONFIG_INVALID, STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const clock = overrides.clock ?? WALL_CLOCK;
  const logger = overrides.logger ?? createLogger(config.log.level);
  if (overrides.policy === undefined) checkPolicy(config);
  const keys = deploymentKeys(config);
  const verifier = verifierOf(config, keys, clock, overrides.pseudonymOf);
  const metrics = createMetrics();
  const sessions = sessionObserver(metrics, logger);
  const plans = planObserver(metrics, overrides.observer);
  const reporter = new ModelReporter(metrics, logger);
  // Before the store: a model that is refused leaves nothing open.
  const models = await NodeModels.open(config, {
    ranks: overrides.policy === undefined,
    load: overrides.loadModel,
    observer: reporter,
  });
  const keeper = new StoreReporter(metrics, logger, () => performance.now());
  const store = overrides.store ?? (await openStore(storeConfig(config, keeper), { clock, randomBytes }));
  const policy = overrides.policy ?? configuredPolicy(config, { model: models.first, store, sessions });
  const onModelFailed = overrides.onModelFailed ?? ((error) => reporter.missed(error));
  const understudy = models.understudy(metrics);
  const hearts = heartsDeps(config, { store, clock, policy, plans, sessions, onModelFailed, understudy });
  const gate = gateOf(config, hearts, keys);
  const server = new RpcServer(rpcOptions(config), {
    gate,
    predictions: predictionsOf(gate),
    privacy: privacyOf(gate, store.users),
    verifier,
    logger,
    metrics,
    content: contentDeps(config, store, clock),
    pseudonymOf: overrides.pseudonymOf ?? ((user) => pseudonymOf(keys.pseudonym, user)),
  });
  keeper.follow((whole) => server.storeIsWhole(whole));
  if (models.first !== null) reporter.follow((answers) => server.modelAnswers(answers));
  const closeStore = async (): Promise<void> => {
    await models.close();
    if (overrides.store === undefined) await store.close();
  };
  return new Node(config, {
    store,
    closeStore,
    reloadModel: () => models.reload(),
    gate,
    server,
    verifier,
    logger,
    metrics,
  });
}

function gateOf(config: Config, hearts: HeartsDeps, keys: DerivedKeys): Gate {
  const { store, clock, timer, sessions } = hearts;
  return new Gate({
    store,
    clock,
    timer,
    random: Math.random,
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    observer: sessions,
    settings: sessionSettings(config),
    openHeart: (space, devices) => openHeart(hearts, space, devices),
    newSessionId: () => sessionId(randomBytes(16).toString('hex')),
    keys: { resume: [keys.resume], query: keys.query },
  });
}

function heartsDeps(
  config: Config,
  parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly policy: PolicyFactory;
    readonly plans: PlanObserver;
    readonly sessions: SessionObserver;
    readonly onModelFailed: (error: ForesyncError) => void;
    readonly understudy: Understudy | null;
  },
): HeartsDeps {
  const { push, store } = config;
  const { candidates } = push;
  return { ...parts, timer: REAL_TIMER, push: pushTerms(config), candidates, snapshotMs: store.snapshotMs };
}

function contentDeps(config: Config, store: Store, clock: Clock): RpcDeps['content'] {
  const { autoCreate, autoCreateShards } = config.spaces;
  const made = autoCreate ? { shards: autoCreateShards } : null;
  return { store, clock, limits: config.limits, autoCreate: made };
}

function checkPolicy({ push: { policy } }: Config): void {
  if (RANKINGS.includes(policy)) return;
  const message = `there is no policy "${policy}"; there are ${RANKINGS.join(', ')}`;
  throw new ForesyncError('CONFIG_INVALID', message, { field: 'push.policy' });
}

function configuredPolicy(
  { push }: Config,
  parts: {
    readonly model: LiveModel | null;
    readonly store: Store;
    readonly sessions: SessionObserver;
  },
): PolicyFactory {
  const { model, store, sessions } = parts;
  const onLost = (thrown: unknown): void => sessions.fault('plan', ForesyncError.from(thrown), null);
  return rankingNamed(push.policy, { model, users: store.users, onLost });
}

const WALL_CLOCK: Clock = { now: () => Date.now() };
