import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { ForesyncError } from '../../src/domain/errors.js';
import type { SpaceId } from '../../src/domain/ids.js';
import { itemId, spaceId } from '../../src/domain/ids.js';
import { withinTime } from '../../src/util/abort.js';
import { OUTBOX_LIMITS } from '../../src/outbox/limits.js';
import { openMemory } from '../../src/store/memory.js';
import { storeLimits } from '../../src/store/options.js';
import type { CutStore } from '../support/cut-store.js';
import { cutStore } from '../support/cut-store.js';
import type { Current } from '../support/history.js';
import { History } from '../support/history.js';
import { ManualTimer, turnOfTheLoop } from '../support/manual-timer.js';
import type { TestNode } from '../support/session-node.js';
import { identity, SPACE, testNode } from '../support/session-node.js';
import { SimDevice } from '../support/sim-device.js';

const BROKEN = new ForesyncError('INTERNAL', 'the connection broke');
const OWN: Readonly<Record<string, SpaceId>> = { ann: spaceId('of-ann'), bob: spaceId('of-bob') };
const DEVICES = ['ann phone', 'ann laptop', 'bob phone'];
const ITEMS = ['a', 'b', 'c', 'big', 'doc'];

/** Everything small, so that every bound is met within a few operations. */
const OUTBOX = {
  maxInFlight: 3,
  maxInFlightBytes: 400,
  maxPlanned: 6,
  maxDoubts: 3,
  frameEvents: 8,
  chunkBytes: 64,
};
const SETTINGS = {
  logPage: 3,
  comparePage: 2,
  catchUpWorkers: 2,
  pollMs: 1_000,
  goodbyeMs: 500,
  outbox: { ...OUTBOX_LIMITS, ...OUTBOX },
};

/** Devices of two users, a store that outlives its nodes, and a history of it all. */
class Town {
  readonly history = new History();
  readonly timer = new ManualTimer();
  readonly devices: readonly SimDevice[];
  readonly #store = openMemory(storeLimits({ logRetention: 12 }), { clock: this.timer, randomBytes });
  #cut: CutStore = cutStore(this.#store);
  #node: TestNode = this.#start();
  #versions = 0;

  constructor() {
    this.devices = DEVICES.map((name) => {
      const [user = '', device = ''] = name.split(' ');
      const spaces = [SPACE, ownSpace(user)];
      return new SimDevice(identity(user, device, spaces), this.history.device(user, device, spaces), spaces);
    });
  }

  static async open(): Promise<Town> {
    const town = new Town();
    for (const space of [SPACE, ...Object.values(OWN)]) await town.#store.spaces.ensure(space, 2);
    for (const item of ITEMS) await town.put(item);
    for (const user of Object.keys(OWN)) {
      await town.put(`user:${user}/x`);
      await town.put('secret', ownSpace(user));
    }
    return town;
  }

  device(index: number): SimDevice {
    return this.devices[index % this.devices.length] ?? this.devices[0] ?? fail();
  }

  /** An item of the device's: shared, its user's alone in the shared space, or of its user's own space. */
  thing(device: SimDevice, item: string): [item: string, space: SpaceId] {
    const user = DEVICES[this.devices.indexOf(device)]?.split(' ')[0] ?? '';
    if (item === 'mine') return [`user:${user}/x`, SPACE];
    return item === 'secret' ? [item, ownSpace(user)] : [item, SPACE];
  }

  async put(item: string, space: SpaceId = SPACE, writer?: SimDevice): Promise<void> {
    const content = `${item} ${++this.#versions} `.padEnd(item === 'big' ? 300 : 20, '.');
    const edges =
      item === 'doc'
        ? [
            { item: itemId('a'), kind: 'part' as const },
            { item: itemId('big'), kind: 'part' as const },
          ]
        : [];
    const name = DEVICES[writer === undefined ? -1 : this.devices.indexOf(writer)]?.split(' ')[0];
    const written = await this.#node.put(item, content, {
      space,
      edges,
      ...(name === undefined ? {} : { user: name }),
    });
    this.history.wrote({
      ...written.position,
      space,
      item,
      version: written.version,
      dataHash: written.dataHash,
    });
    if (writer !== undefined && writer.session !== null)
      void writer.keepOwn(item, content, written.version, space);
  }

  async remove(item: string): Promise<void> {
    const head = await this.#store.spaces.head(SPACE, itemId(item));
    if ((head?.dataHash ?? null) === null) return;
    const { position, version, dataHash } = await this.#node.remove(item);
    this.history.wrote({ ...position, space: SPACE, item, version, dataHash });
  }

  async connect(device: SimDevice): Promise<void> {
    if (device.session !== null && device.ended === null) return;
    await device.connect(this.#node.gate);
  }

  /** The node is killed: nothing that it did not write is written any more. Another one takes over. */
  restart(): void {
    this.#cut.cut();
    for (const device of this.devices) device.crash(BROKEN);
    void this.#node.gate.shutDown();
    this.#cut = cutStore(this.#store);
    this.#node = this.#start();
  }

  /** The faults are over: everybody comes back, and everything comes to rest. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      for (const device of this.devices) {
        device.resume();
        device.corrupts = () => false;
        await this.connect(device);
      }
      const idle = withinTime(3_000, this.#node.gate.idle());
      await Promise.race([idle, this.#passTime()]);
      await idle;
      await turnOfTheLoop();
      if (this.devices.every((device) => device.session !== null && device.ended === null)) return;
    }
    throw new Error(`some device cannot stay connected: ${this.devices.map(({ ended }) => ended).join()}`);
  }

  async end(): Promise<void> {
    const known = new Map<string, Current | null>();
    for (const space of [SPACE, ...Object.values(OWN)]) {
      const { epoch } = await this.#store.spaces.bounds(space, 0);
      const items = new Set([...ITEMS, 'secret', 'user:ann/x', 'user:bob/x'].map(itemId));
      for (const item of items) {
        const head = await this.#store.spaces.head(space, item);
        known.set(`${space} ${item}`, head && { epoch, version: head.version, dataHash: head.dataHash });
      }
    }
    this.history.end((space, item) => known.get(`${space} ${item}`) ?? null);
    this.history.assertClean();
    await this.#node.gate.shutDown();
  }

  #start(): TestNode {
    return testNode({ store: this.#cut.store, timer: this.timer, settings: SETTINGS });
  }

  async #passTime(): Promise<void> {
    for (let second = 0; second < 20; second++) await this.timer.pass(100);
  }
}

const ownSpace = (user: string): SpaceId => OWN[user] ?? SPACE;

const fail = (): never => {
  throw new Error('there is no device');
};

/** One thing that happens, and a name for it. */
interface Op {
  readonly name: string;
  readonly run: (town: Town) => unknown;
}

const device = fc.nat(DEVICES.length - 1);
const item = fc.constantFrom(...ITEMS, 'mine', 'secret');
const onDevice = (name: string, run: (town: Town, device: SimDevice) => unknown): fc.Arbitrary<Op> =>
  device.map((index) => ({
    name: `${DEVICES[index] ?? ''} ${name}`,
    run: (town) => run(town, town.device(index)),
  }));
const onItem = (
  name: string,
  run: (device: SimDevice, item: string, space: SpaceId) => unknown,
): fc.Arbitrary<Op> =>
  fc.tuple(device, item).map(([index, thing]) => ({
    name: `${DEVICES[index] ?? ''} ${name} ${thing}`,
    run: (town) => run(town.device(index), ...town.thing(town.device(index), thing)),
  }));

const op = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...ITEMS)
      .map((thing): Op => ({ name: `put ${thing}`, run: (town) => town.put(thing) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...ITEMS)
      .map((thing): Op => ({ name: `remove ${thing}`, run: (town) => town.remove(thing) })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(device, item).map(
      ([index, thing]): Op => ({
        name: `${DEVICES[index] ?? ''} writes ${thing}`,
        run: (town) => town.put(...town.thing(town.device(index), thing), town.device(index)),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: onItem('opens', (from, thing, space) => void from.open(thing, space).catch(() => undefined)),
  },
  {
    weight: 4,
    arbitrary: onItem(
      'views',
      (from, thing, space) =>
        void from
          .report(
            [
              {
                type: 'viewed',
                item: itemId(thing),
                timeMs: 1_700_000_000_000 + from.sequence * 5000,
                locationCell: null,
              },
            ],
            space,
          )
          .catch(() => undefined),
    ),
  },
  {
    weight: 1,
    arbitrary: onItem('evicts', (from, thing, space) => void from.evict(thing, space).catch(() => undefined)),
  },
  { weight: 3, arbitrary: onDevice('connects', (town, from) => town.connect(from)) },
  { weight: 2, arbitrary: onDevice('crashes', (_town, from) => from.crash(BROKEN)) },
  { weight: 1, arbitrary: onDevice('stops reading', (_town, from) => (from.reading = false)) },
  { weight: 1, arbitrary: onDevice('reads on', (_town, from) => from.resume()) },
  {
    weight: 1,
    arbitrary: onDevice(
      'gets damaged contents',
      (_town, from) => (from.corrupts = (push) => push.checkpoint.version % 2 === 0),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Op>({ name: 'restart', run: (town) => town.restart() }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 100, max: 40_000 })
      .map((ms): Op => ({ name: `pass ${ms}`, run: (town) => town.timer.pass(ms) })),
  },
);
const history = fc.array(fc.tuple(op, fc.nat(4)), { maxLength: 80, size: 'max' });

describe('sessions: any history of devices that come and go, writers, faults and restarts', function () {
  this.timeout(120_000);

  it('loses nothing, sends nothing twice or to others, and leaves nothing old in silence', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (ops) => {
        const town = await Town.open();
        for (const [{ run }, turns] of ops) {
          await withinTime(5_000, Promise.resolve(run(town)));
          await turnOfTheLoop(turns);
        }
        await town.settle();
        await town.end();
      }),
      { numRuns: 150, reporter },
    );
  });
});

/** Prints a failing history as a person would tell it. */
function reporter(out: fc.RunDetails<[[Op, number][]]>): void {
  if (!out.failed) return;
  const told = out.counterexample?.[0].map(([{ name }, turns]) => `${name} (${turns})`).join('\n  ');
  const cause = out.errorInstance instanceof Error ? out.errorInstance.message : String(out.errorInstance);
  throw new Error(`seed ${out.seed}, path ${String(out.counterexamplePath)}\n  ${told ?? ''}\n${cause}`);
}
