import assert from 'node:assert/strict';
import type { Laptop } from '../support/browser/browser-world.js';
import { BrowserWorld } from '../support/browser/browser-world.js';
import type { Tab } from '../support/browser/tab.js';
import { until } from '../support/until.js';

const PUSH = { policy: 'recent', mode: 'threshold' as const, threshold: 0 };

/** Real headless Chromium, the real Envoy, two live nodes. */
describe('the client in a browser', function () {
  this.timeout(180_000);
  let world: BrowserWorld | undefined;
  let laptop: Laptop | undefined;
  let users = 0;
  let user = '';

  before(async () => {
    world = await BrowserWorld.start({ push: PUSH });
  });
  beforeEach(() => {
    user = `user ${users++}`;
  });
  afterEach(async () => {
    await laptop?.close();
    laptop = undefined;
    await world?.forget();
    await until(() => started().sessions === 0, 'every session is over');
  });
  after(() => world?.stop());

  it('connects, reports, receives a push, and opens it with zero wait', async () => {
    const tab = await connected();
    laptop = await started().laptop(user);
    const [first, next] = await written(laptop, 'a.md', 'b.md');
    await tab.call('view', first);
    laptop.report({ type: 'viewed', item: next });
    await laptop.flush();
    await tab.call('view', first);
    await tab.holds(next);
    const opened = await tab.open(next);
    assert.deepEqual([opened.text, opened.source, opened.waitMs], [`content of ${next}`, 'buffer', 0]);
    const stats = await tab.call('stats');
    assert.ok(stats.pushed > 0 && stats.zeroWait > 0, JSON.stringify(stats));
    const pushed = (await tab.call('heard')).filter(
      ({ kind, detail }) => kind === 'pushed' && detail === 'true',
    );
    assert.ok(pushed.some(({ item }) => item === next));
  });

  it('writes, lists, and is refused what cannot be', async () => {
    const tab = await connected();
    const large = 'x'.repeat(700_000);
    await tab.call('write', `${user}/large`, large);
    assert.equal((await tab.open(`${user}/large`)).source, 'buffer');
    assert.ok((await tab.call('list')).includes(`${user}/large`));
    assert.equal((await tab.open('nothing.md')).error, 'ITEM_UNKNOWN');
    laptop = await started().laptop(user);
    const read = await laptop.open('notes', `${user}/large`);
    assert.equal(Buffer.from(read.content).toString(), large);
    const stranger = await started().tab();
    assert.equal(
      await stranger.connect({ endpoint: started().envoy.url, token: 'nonsense', memory: true }),
      'UNAUTHENTICATED',
    );
  });

  it('rejects a content that does not match its hash, and asks for it again', async () => {
    const tab = await connected();
    laptop = await started().laptop(user);
    const item = `${user}/secret.md`;
    await tab.call('corrupt', 'the truth, and', 'the lie, aaand');
    await laptop.write('notes', item, Buffer.from('the truth, and nothing else'));
    const opened = await tab.open(item);
    assert.deepEqual([opened.text, opened.error], ['', 'CONTENT_CORRUPT']);
    assert.equal(await tab.call('held', item), false, 'what is corrupt is not held');
    const rejected = (await tab.call('heard')).filter(({ kind }) => kind === 'rejected');
    assert.ok(rejected.length >= 1);
    await tab.call('mend');
    const right = await tab.open(item);
    assert.deepEqual([right.text, right.source], ['the truth, and nothing else', 'network']);
  });

  it('resumes after the network was cut, with nothing lost and nothing twice', async () => {
    const tab = await connected();
    laptop = await started().laptop(user);
    const [kept, changed] = await written(laptop, 'kept.md', 'changed.md');
    for (const item of [kept, changed]) await tab.open(item);
    await tab.call('flush');
    const before = await tab.call('stats');
    await started().envoy.cut();
    await tab.until("harness.state() === 'waiting' || harness.state() === 'connecting'", 'it noticed');
    await laptop.write('notes', changed, Buffer.from('a newer content'));
    const offline = await tab.open(kept);
    assert.deepEqual([offline.source, offline.error], ['buffer', null]);
    assert.ok(offline.ageMs !== null && offline.ageMs >= 0, 'it says how old it is');
    await started().envoy.resume(2);
    await tab.live();
    assert.equal((await tab.open(changed)).text, 'a newer content');
    assert.deepEqual([(await tab.open(kept)).source, (await tab.open(kept)).waitMs], ['buffer', 0]);
    const after = await tab.call('stats');
    assert.equal(after.sessions, before.sessions + 1);
    assert.equal(after.rejected, 0);
  });

  it('shares one stream and one buffer among tabs, and another takes over when its tab is closed', async () => {
    const [first, second] = [await connected(), await connected()];
    laptop = await started().laptop(user);
    const [item] = await written(laptop, 'shared.md');
    assert.equal(started().sessions, 2, 'one of the laptop, one of all tabs');
    assert.equal((await second.open(item)).text, `content of ${item}`);
    const there = await first.open(item);
    assert.deepEqual([there.source, there.waitMs], ['buffer', 0], 'what one tab opened, the other holds');
    await second.holds(item);
    await first.page.close();
    await until(() => started().sessions >= 1, 'the session of the closed tab ends');
    const zero = await second.open(item);
    assert.deepEqual([zero.text, zero.source], [`content of ${item}`, 'buffer']);
    await second.live();
    await second.call('view', item);
    await laptop.write('notes', item, Buffer.from('changed by the laptop'));
    await second.until(
      `harness.heard().some(({ kind }) => kind === 'invalidated' || kind === 'pushed')`,
      'it is told',
    );
    assert.equal((await second.open(item)).text, 'changed by the laptop');
  });

  it('opens off line what an earlier page left, and says how old it is', async () => {
    const tab = await connected();
    laptop = await started().laptop(user);
    const [item] = await written(laptop, 'left.md');
    await tab.open(item);
    await tab.call('close');
    await tab.page.close();
    await started().envoy.cut();
    const later = await started().tab();
    await later.connect({ endpoint: started().envoy.url, token: await token(), startOffline: true });
    const opened = await later.open(item);
    assert.deepEqual([opened.text, opened.source, opened.stale], [`content of ${item}`, 'buffer', false]);
    assert.ok(opened.ageMs !== null && opened.ageMs > 0, `age: ${opened.ageMs}`);
    await started().envoy.resume(2);
    await later.live();
    assert.equal((await later.open(item)).ageMs, null, 'on line it is current');
  });

  it('comes back with a new token before the old one expires', async () => {
    const tab = await started().tab();
    let given = 0;
    await tab.page.exposeFunction('fetchToken', () => token(++given === 1 ? 4_000 : 3_600_000));
    assert.equal(await tab.connect({ endpoint: started().envoy.url }), 'live');
    laptop = await started().laptop(user);
    const [item] = await written(laptop, 'token.md');
    await tab.open(item);
    await tab.until('harness.stats().sessions >= 2', 'it came back');
    await tab.live();
    assert.equal(given, 2);
    const opened = await tab.open(item);
    assert.deepEqual([opened.source, opened.waitMs], ['buffer', 0]);
  });

  function started(): BrowserWorld {
    assert.ok(world !== undefined);
    return world;
  }

  function token(lastsMs = 3_600_000): Promise<string> {
    return started().nodes.tokens.token({ user, device: 'browser', expiresMs: Date.now() + lastsMs });
  }

  async function connected(): Promise<Tab> {
    const tab = await started().tab();
    assert.equal(await tab.connect({ endpoint: started().envoy.url, token: await token() }), 'live');
    return tab;
  }

  /** Items of this test's user, as the laptop wrote them. */
  async function written<Names extends string[]>(from: Laptop, ...names: Names): Promise<Names> {
    const items = names.map((name) => `${user}/${name}`);
    for (const item of items) await from.write('notes', item, Buffer.from(`content of ${item}`));
    // As many as were given.
    return items as Names;
  }
});
