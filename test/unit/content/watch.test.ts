import assert from 'node:assert/strict';
import { SilenceListener } from '../../../src/content/silence.js';
import type { WatchOrder, WatchPage } from '../../../src/content/watch.js';
import { watchSpace } from '../../../src/content/watch.js';
import { spaceId } from '../../../src/domain/ids.js';
import type { Position } from '../../../src/domain/position.js';
import type { ContentDeps } from '../../../src/content/deps.js';
import { contentWorld, device, failure, NOTES, put } from './fixture.js';

const PATIENT = 60_000;

function watch(deps: ContentDeps, change: Partial<WatchOrder> = {}, signal = new AbortController().signal) {
  const order = { space: NOTES, prefix: '', positions: [], progressMs: PATIENT, ...change };
  return watchSpace(deps, device('read'), order, signal);
}

/** The next page that has changes. */
async function changes(pages: AsyncGenerator<WatchPage>): Promise<string[]> {
  for (let next = await pages.next(); next.done !== true; next = await pages.next()) {
    if (next.value.changes.length > 0) return next.value.changes.map(({ head }) => head.item);
  }
  return assert.fail('the watch ended');
}

describe('content/watch', () => {
  it('starts with the positions, then tells every change after them', async () => {
    const deps = await contentWorld();
    await put(deps, 'before', 'x');
    const pages = watch(deps);
    const first = await pages.next();
    assert.ok(first.done !== true);
    assert.deepEqual([first.value.changes, first.value.positions.length], [[], 2]);
    await put(deps, 'after', 'x');
    assert.deepEqual(await changes(pages), ['after']);
    const pending = changes(pages);
    await put(deps, 'later', 'x');
    assert.deepEqual(await pending, ['later']);
    await pages.return(undefined);
  });

  it('goes on after given positions, and answers where it stands', async () => {
    const deps = await contentWorld();
    const written = [];
    for (let index = 0; index < 40; index++) written.push(await put(deps, `item-${index % 7}`, `v${index}`));
    const shard = written[0]?.position.shard ?? 0;
    const inShard = written.filter(({ position }) => position.shard === shard);
    const start: Position = { ...(inShard[0] ?? assert.fail()).position };
    const pages = watch(deps, { positions: [start] });
    await pages.next();
    const seen: number[] = [];
    while (seen.length < inShard.length - 1) {
      const page = await pages.next();
      assert.ok(page.done !== true);
      seen.push(...page.value.changes.map(({ head }) => head.version));
      assert.equal(page.value.positions[0]?.offset, seen.at(-1));
    }
    assert.deepEqual(
      seen,
      inShard.slice(1).map(({ position }) => position.offset),
    );
    await pages.return(undefined);
  });

  it('leaves out other prefixes, but moves past them', async () => {
    const deps = await contentWorld();
    const pages = watch(deps, { prefix: 'b/' });
    await pages.next();
    await put(deps, 'a/1', 'x');
    await put(deps, 'b/1', 'x');
    assert.deepEqual(await changes(pages), ['b/1']);
    await pages.return(undefined);
  });

  it('shows progress when nothing happens', async () => {
    const pages = watch(await contentWorld(), { progressMs: 1 });
    for (let page = 0; page < 4; page++) {
      const next = await pages.next();
      assert.ok(next.done !== true);
      assert.deepEqual([next.value.changes, next.value.positions.length], [[], 2]);
    }
    await pages.return(undefined);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const pages = watch(await contentWorld(), {}, stop.signal);
    await pages.next();
    const pending = pages.next();
    stop.abort();
    assert.equal((await pending).done, true);
  });

  it('says COMPACTED for a position that is gone, ahead or of another epoch', async () => {
    const deps = await contentWorld({ logRetention: 3 });
    const written = [];
    for (let index = 0; index < 9; index++) written.push(await put(deps, 'same', `v${index}`));
    const [oldest, newest] = [written[0]?.position, written[8]?.position];
    assert.ok(oldest !== undefined && newest !== undefined);
    for (const gone of [oldest, { ...newest, offset: 99 }, { ...newest, epoch: 'other' }]) {
      const error = await failure(watch(deps, { positions: [gone] }).next());
      assert.equal(error.code, 'COMPACTED');
      assert.equal(error.details.facts?.['high'], '9');
    }
  });

  it('says COMPACTED to a watcher that the log has left behind', async () => {
    const deps = await contentWorld({ logRetention: 3 });
    const pages = watch(deps);
    await pages.next();
    for (let index = 0; index < 9; index++) await put(deps, 'same', `v${index}`);
    assert.equal((await failure(changes(pages))).code, 'COMPACTED');
  });

  it('refuses positions of other spaces and shards', async () => {
    const deps = await contentWorld();
    const position = { space: NOTES, shard: 2, epoch: '', offset: 0 };
    for (const wrong of [position, { ...position, shard: 0, space: spaceId('other') }]) {
      const error = await failure(watch(deps, { positions: [wrong] }).next());
      assert.deepEqual([error.code, error.details.field], ['FIELD_INVALID', 'positions']);
    }
  });
});

describe('content/silence', () => {
  async function* failing(): AsyncGenerator<number> {
    yield await Promise.resolve(1);
    throw new Error('broken');
  }

  it('hands on values, silences, failures and the end', async () => {
    const listener = new SilenceListener(failing());
    assert.deepEqual(await listener.next(PATIENT), { kind: 'value', value: 1 });
    await assert.rejects(listener.next(PATIENT), /broken/);
    await listener.close();
    const never = new SilenceListener<number>({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    });
    assert.deepEqual(await never.next(1), { kind: 'silence' });
    await never.close();
  });
});
