import { createHash, randomBytes } from 'node:crypto';
import { deploymentKeys } from '../../src/app/identity.js';
import { sessionSettings } from '../../src/app/settings.js';
import type { Config } from '../../src/config.js';
import { sessionId } from '../../src/domain/ids.js';
import type { ExplainedPush } from '../../src/domain/plan.js';
import type { Store } from '../../src/domain/store-port.js';
import { Gate } from '../../src/session/gate.js';
import { SILENT_OBSERVER } from '../../src/session/observer.js';
import type { Session } from '../../src/session/session.js';
import type { SpaceHeart } from '../../src/session/space/space-heart.js';
import { REAL_TIMER } from '../../src/session/timer.js';
import { openStore } from '../../src/store/open.js';
import type { Behind, Filled } from './server-foresync.js';
import { clock, MAX_PLANNED } from './server-foresync.js';
import type { Content } from './workload.js';
import { MODIFIED_MS, plannedPush, SPACE } from './workload.js';

/** Whole sessions over a store: what a push costs from the plan on. */
export async function sessionBehind(contents: readonly Content[], config: Config): Promise<Behind> {
  const store = await openStore({ url: 'memory:' }, { clock, randomBytes });
  const pushes = await fill(store, contents);
  const keys = deploymentKeys(config);
  const settings = sessionSettings(config);
  const gate = new Gate({
    store,
    clock,
    timer: REAL_TIMER,
    random: Math.random,
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    observer: SILENT_OBSERVER,
    settings: { ...settings, outbox: { ...settings.outbox, maxPlanned: MAX_PLANNED } },
    openHeart: () => Promise.resolve(HEART),
    newSessionId: () => sessionId(randomBytes(16).toString('hex')),
    keys: { resume: [keys.resume], query: keys.query },
  });
  return { pushes, open: async (identity, hello) => filled(await gate.open(identity, hello)) };
}

function filled(session: Session): Filled {
  const { presence } = session;
  return {
    session,
    get ready() {
      return presence.state === 'live' && presence.idle;
    },
    get sent() {
      return presence.tally.pushedItems;
    },
    offer: (pushes) => presence.followed.get(SPACE)?.offer(pushes),
  };
}

/** Plans nothing: the bench says what is pushed. */
const HEART: SpaceHeart = {
  applyBatch: () => Promise.reject(new Error('no device of the bench reports anything')),
  appliedElsewhere: () => Promise.resolve([]),
  onChange: () => Promise.resolve([]),
  opened: () => undefined,
  refund: () => undefined,
  userContext: () => Promise.resolve(''),
  score: () => undefined,
  predict: () => Promise.resolve([]),
  explain: () => Promise.resolve(null),
  forget: () => undefined,
  forgottenElsewhere: () => undefined,
  exchange: () => Promise.resolve(),
  save: () => Promise.resolve(),
};

/** Puts every content into the store; answers the push of each. */
async function fill(store: Store, contents: readonly Content[]): Promise<ExplainedPush[]> {
  await store.spaces.ensure(SPACE, 1);
  const pushes: ExplainedPush[] = [];
  for (const content of contents) {
    const { item, bytes, dataHash } = content;
    await store.blobs.put(once(bytes), bytes.length, dataHash);
    const result = await store.spaces.commit({
      space: SPACE,
      item,
      dataHash,
      sizeBytes: bytes.length,
      timestampMs: MODIFIED_MS,
      edges: [],
      writer: null,
      audience: [],
      condition: { kind: 'always' },
    });
    if (result.kind !== 'committed') throw new Error('the store of the bench is not empty');
    pushes.push(plannedPush(content, result.change.head.version));
  }
  return pushes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
