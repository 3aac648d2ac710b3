import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { HeartsDeps } from '../../src/app/hearts.js';
import { openHeart } from '../../src/app/hearts.js';
import { putContent } from '../../src/content/put.js';
import type { Policy } from '../../src/domain/engine-port.js';
import type { Identity } from '../../src/domain/identity.js';
import type { Pseudonym, SpaceId } from '../../src/domain/ids.js';
import { deviceId, itemId, pseudonym, sessionId, spaceId } from '../../src/domain/ids.js';
import type { Edge } from '../../src/domain/item.js';
import type { Position } from '../../src/domain/position.js';
import type { Store } from '../../src/domain/store-port.js';
import { Gate } from '../../src/session/gate.js';
import type { SessionObserver } from '../../src/session/observer.js';
import { SILENT_OBSERVER } from '../../src/session/observer.js';
import type { PushTerms } from '../../src/session/space/push-terms.js';
import type { SessionSettings } from '../../src/session/settings.js';
import { SESSION_SETTINGS } from '../../src/session/settings.js';
import { openMemory } from '../../src/store/memory.js';
import type { StoreLimits } from '../../src/store/options.js';
import { storeLimits } from '../../src/store/options.js';
import { ManualTimer } from './manual-timer.js';

export const SPACE = spaceId('team');

export interface NodeOptions {
  readonly store?: Store;
  readonly timer?: ManualTimer;
  readonly settings?: Partial<SessionSettings>;
  readonly limits?: Partial<StoreLimits>;
  readonly policy?: Policy;
  readonly push?: Partial<PushTerms>;
  readonly observer?: Partial<SessionObserver>;
}

/** A node without a network: gate, hearts and a store in memory, and time that passes when the test says so. */
export interface TestNode {
  readonly gate: Gate;
  readonly store: Store;
  readonly timer: ManualTimer;
  readonly settings: SessionSettings;
  /** What failed and was tried again. */
  readonly faults: readonly string[];
  /** A backend, or a device's user, writes an item. */
  put(item: string, content: string | Uint8Array, more?: PutMore): Promise<Put>;
  remove(item: string, space?: SpaceId): Promise<Put>;
}

export interface PutMore {
  readonly space?: SpaceId;
  readonly edges?: readonly Edge[];
  readonly user?: string;
  readonly audience?: readonly string[];
}

export interface Put {
  readonly dataHash: string | null;
  readonly version: number;
  readonly position: Position;
}

/** Everything that is a candidate is pushed, as long as the budget lasts. */
export const PUSH_ALL: Policy = {
  name: 'all',
  payment: 'price',
  plans: 'all',
  score: ({ items }) => new Float64Array(items.length).fill(0.9),
  explain: () => [{ code: 'TEST', text: 'everything is pushed', weight: 1 }],
};

const PLENTY: PushTerms = { ratio: 1, startBytes: 1e9, threshold: 0.5, metadataThreshold: null };

const KEYS = { resume: [Buffer.alloc(32, 7)], query: Buffer.alloc(32, 9) };

export function testNode(options: NodeOptions = {}): TestNode {
  const timer = options.timer ?? new ManualTimer();
  const store = options.store ?? openMemory(storeLimits(options.limits ?? {}), { clock: timer, randomBytes });
  const settings: SessionSettings = { ...SESSION_SETTINGS, ...options.settings };
  const faults: string[] = [];
  const observer: SessionObserver = {
    ...SILENT_OBSERVER,
    fault: (what, error) => faults.push(`${what}: ${error.message}`),
    ...options.observer,
  };
  const hearts: HeartsDeps = {
    store,
    clock: timer,
    timer,
    policy: () => options.policy ?? PUSH_ALL,
    push: { ...PLENTY, ...options.push },
    candidates: 100,
    plans: { onPlan: () => undefined },
    sessions: observer,
    onModelFailed: (error) => faults.push(`model: ${error.message}`),
    understudy: null,
    snapshotMs: 60_000,
  };
  const gate = new Gate({
    store,
    clock: timer,
    timer,
    random: () => 0.5,
    sha256,
    observer,
    settings,
    openHeart: (space, devices) => openHeart(hearts, space, devices),
    newSessionId: () => sessionId(randomBytes(8).toString('hex')),
    keys: KEYS,
  });
  return {
    gate,
    store,
    timer,
    settings,
    faults,
    put: (item, content, more) => put(store, timer, item, content, more ?? {}),
    remove: (item, space) => remove(store, timer, item, space ?? SPACE),
  };
}

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export const hashOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** A name of a user as a pseudonym: what the edge would make of it. */
export const user = (name: string): Pseudonym => pseudonym(Buffer.from(name).toString('hex').padEnd(32, '0'));

export function identity(
  name: string,
  device: string,
  spaces: readonly SpaceId[] = [SPACE],
): Identity & { readonly device: NonNullable<Identity['device']> } {
  return {
    user: user(name),
    device: deviceId(device),
    grants: new Map(spaces.map((space) => [space, 'write'])),
    expiresMs: Number.MAX_SAFE_INTEGER,
  };
}

async function put(
  store: Store,
  timer: ManualTimer,
  item: string,
  content: string | Uint8Array,
  more: PutMore,
): Promise<Put> {
  const bytes = Buffer.from(content);
  const space = more.space ?? SPACE;
  const deps = {
    store,
    clock: timer,
    limits: { itemBytes: 2 ** 26, chunkBytes: 2 ** 18 },
    autoCreate: { shards: 2 },
  };
  const writer =
    more.user === undefined
      ? { ...identity('backend', 'none', [space]), device: null }
      : identity(more.user, 'any', [space]);
  const order = {
    space,
    item: itemId(item),
    condition: { kind: 'always' as const },
    dataHash: null,
    sizeBytes: bytes.length,
    edges: more.edges ?? [],
    modifiedMs: null,
    audience: (more.audience ?? []).map(user),
  };
  const written = await putContent(deps, writer, order, Readable.from([bytes]));
  return {
    dataHash: written.checkpoint.dataHash,
    version: written.checkpoint.version,
    position: written.position,
  };
}

async function remove(store: Store, timer: ManualTimer, item: string, space: SpaceId): Promise<Put> {
  const result = await store.spaces.commit({
    space,
    item: itemId(item),
    dataHash: null,
    sizeBytes: 0,
    timestampMs: timer.now(),
    edges: [],
    writer: null,
    audience: [],
    condition: { kind: 'always' },
  });
  if (result.kind === 'conflict') throw new Error(`${item} does not exist`);
  const { shard, version } = result.change.head;
  return { dataHash: null, version, position: { space, shard, epoch: result.change.epoch, offset: version } };
}
