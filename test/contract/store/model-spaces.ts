import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Durability } from '../../../src/domain/checkpoint.js';
import type { Change, Edge, Head } from '../../../src/domain/item.js';
import type { ChangeRequest, CommitResult, Store, WriteCondition } from '../../../src/domain/store-port.js';
import { shardOf } from '../../../src/store/shards.js';
import type { Adapter, ManualClock } from './harness.js';
import { ANN, hashOf, item, makeSpace, putBlob, SPACE, withStore, write } from './harness.js';

const SHARDS = 2;
const LIMITS = { logRetention: 6, blobGraceMs: 100 };
const ITEMS = ['a', 'b', 'c', 'd'];
const CONTENTS = ['one', 'two', 'three'];

/** What the store should be, as simply as it can be said: every change ever, and when each content was last touched. */
class Oracle {
  readonly logs: Change[][] = Array.from({ length: SHARDS }, () => []);
  readonly touched = new Map<string, number>();

  readonly epoch: string;
  readonly #durability: Durability;

  constructor(epoch: string, durability: Durability) {
    this.epoch = epoch;
    this.#durability = durability;
  }

  low(shard: number): number {
    return Math.max(0, this.log(shard).length - LIMITS.logRetention);
  }

  log(shard: number): Change[] {
    return this.logs[shard] ?? [];
  }

  last(name: string): Change | null {
    const change = this.logs
      .flat()
      .filter((one) => one.head.item === name)
      .at(-1);
    if (change?.head.dataHash === null && change.head.version <= this.low(change.head.shard)) return null;
    return change ?? null;
  }

  head(name: string): Head | null {
    return this.last(name)?.head ?? null;
  }

  has(content: string, now: number): boolean {
    const named = ITEMS.some((name) => this.head(name)?.dataHash === hashOf(content));
    return named || now - (this.touched.get(content) ?? -Infinity) <= LIMITS.blobGraceMs;
  }

  /** undefined: refused, because the content is not there. */
  commit(
    name: string,
    content: string | null,
    request: ChangeRequest,
    now: number,
  ): CommitResult | undefined {
    const current = this.last(name);
    const hash = current?.head.dataHash ?? null;
    const unchanged =
      hash !== null &&
      hash === request.dataHash &&
      JSON.stringify(current?.head.edges) === JSON.stringify(request.edges);
    if (current !== null && unchanged)
      return { kind: 'committed', change: current, durability: this.#durability };
    const { condition } = request;
    const fails =
      (condition.kind === 'absent' && hash !== null) ||
      (condition.kind === 'matches' && hash !== condition.dataHash) ||
      (content === null && hash === null);
    if (fails) return { kind: 'conflict', current: current?.head ?? null };
    if (content !== null && !this.has(content, now)) return undefined;
    const shard = shardOf(item(name), SHARDS);
    const { dataHash, timestampMs, writer, audience } = request;
    const body =
      content === null ? { sizeBytes: 0, edges: [] } : { sizeBytes: content.length, edges: request.edges };
    const version = this.log(shard).length + 1;
    const change: Change = {
      space: SPACE,
      epoch: this.epoch,
      head: { item: item(name), shard, version, dataHash, timestampMs, ...body },
      previousHash: hash,
      writer,
      audience,
    };
    const previous = CONTENTS.find((one) => hashOf(one) === hash);
    this.log(shard).push(change);
    if (previous !== undefined && hash !== dataHash) this.touched.set(previous, now);
    return { kind: 'committed', change, durability: this.#durability };
  }
}

interface Real {
  store: Store;
  readonly clock: ManualClock;
  readonly reopen: () => Promise<Store>;
}

type Command = fc.AsyncCommand<Oracle, Real>;

/** Any sequence of puts, writes, deletes, waits and restarts does what the oracle says. */
export function modelSpacesSuite(adapter: Adapter): void {
  it('commits, logs, heads, lists and blobs follow a simple oracle', () =>
    fc.assert(
      fc.asyncProperty(fc.commands(commands(adapter.persistent), { maxCommands: 60 }), (sequence) =>
        withStore(adapter, LIMITS, async ({ store, clock, reopen }) => {
          await makeSpace(store, SHARDS);
          const { epoch } = await store.spaces.bounds(SPACE, 0);
          const oracle = new Oracle(epoch, adapter.durability);
          const real = { store, clock, reopen };
          await fc.asyncModelRun(() => ({ model: oracle, real }), sequence);
          await checkAll(oracle, real);
        }),
      ),
      { numRuns: 40 },
    ));
}

const edge: fc.Arbitrary<Edge> = fc.record(
  {
    item: fc.constantFrom(...ITEMS).map(item),
    kind: fc.constantFrom('part' as const, 'link' as const),
  },
  { noNullPrototype: true },
);

const condition: fc.Arbitrary<WriteCondition> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<WriteCondition>({ kind: 'always' }) },
  { weight: 1, arbitrary: fc.constant<WriteCondition>({ kind: 'absent' }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...CONTENTS)
      .map((content) => ({ kind: 'matches' as const, dataHash: hashOf(content) })),
  },
);

function commands(persistent: boolean): fc.Arbitrary<Command>[] {
  const content = fc.constantFrom(...CONTENTS);
  const writes = fc.tuple(
    fc.constantFrom(...ITEMS),
    fc.option(content, { freq: 4 }),
    condition,
    fc.array(edge, { maxLength: 2 }),
    fc.constantFrom(null, ANN),
  );
  const reopen = persistent ? [fc.constant(reopenCommand())] : [];
  return [
    content.map(putCommand),
    writes.map(([name, text, given, edges, writer]) =>
      writeCommand(name, text, { condition: given, edges, writer }),
    ),
    writes.map(([name, text, given, edges, writer]) =>
      writeCommand(name, text, { condition: given, edges, writer }),
    ),
    fc.integer({ min: 1, max: 80 }).map(waitCommand),
    fc
      .tuple(fc.constantFrom('', ...ITEMS), fc.integer({ min: 1, max: 4 }))
      .map(([after, limit]) => listCommand(after, limit)),
    ...reopen,
  ];
}

const command = (name: string, run: Command['run']): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

function putCommand(content: string): Command {
  return command(`put ${content}`, async (oracle, { store, clock }) => {
    await putBlob(store, content);
    oracle.touched.set(content, clock.ms);
  });
}

function writeCommand(name: string, content: string | null, more: Partial<ChangeRequest>): Command {
  const request = write(name, content, more);
  return command(
    `write ${name} ${content ?? '-'} ${JSON.stringify(more)}`,
    async (oracle, { store, clock }) => {
      const expected = oracle.commit(name, content, request, clock.ms);
      const committing = store.spaces.commit(request);
      if (expected === undefined) await assert.rejects(committing, { code: 'FIELD_INVALID' });
      else assert.deepEqual(await committing, expected);
      assert.deepEqual(await store.spaces.head(SPACE, item(name)), oracle.head(name));
    },
  );
}

function waitCommand(ms: number): Command {
  return command(`wait ${ms}`, (_oracle, { clock }) => {
    clock.ms += ms;
    return Promise.resolve();
  });
}

function listCommand(after: string, limit: number): Command {
  return command(`list ${after} ${limit}`, async (oracle, { store }) => {
    const live = ITEMS.map((name) => oracle.head(name)).filter(
      (head) => head !== null && head.dataHash !== null,
    );
    const expected = live.filter((head) => head !== null && head.item > after).slice(0, limit);
    assert.deepEqual(await store.spaces.list(SPACE, '', after, limit), expected);
  });
}

function reopenCommand(): Command {
  return command('reopen', async (_oracle, real) => {
    real.store = await real.reopen();
    await real.store.users.meet(ANN);
  });
}

async function checkAll(oracle: Oracle, { store, clock }: Real): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const bounds = { epoch: oracle.epoch, low: oracle.low(shard), high: oracle.log(shard).length };
    assert.deepEqual(await store.spaces.bounds(SPACE, shard), bounds);
    const page = await store.spaces.readLog(SPACE, shard, bounds.low, 1000);
    assert.deepEqual(page, { kind: 'page', changes: oracle.log(shard).slice(bounds.low), bounds });
  }
  const heads = await store.spaces.heads(SPACE, ITEMS.map(item));
  assert.deepEqual(
    heads,
    ITEMS.map((name) => oracle.head(name)),
  );
  for (const content of CONTENTS) {
    const bytes = await store.blobs.read(hashOf(content), 0, 100);
    const expected = oracle.has(content, clock.ms) ? content : null;
    assert.equal(bytes === null ? null : Buffer.from(bytes).toString(), expected);
  }
}
