import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrowserWorld } from '../support/browser/browser-world.js';
import type { Tab } from '../support/browser/tab.js';

/** Half an hour without a word of the user, 300 times faster: heartbeats every 100 ms, Envoy's times likewise. */
describe('an idle stream of a browser', function () {
  this.timeout(120_000);
  const FASTER = 300;
  const HALF_HOUR_MS = 1_800_000 / FASTER;
  const session = { heartbeatMs: 30_000 / FASTER };
  let world: BrowserWorld | undefined;

  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  it('is not cut', async () => {
    world = await BrowserWorld.start({ session }, (config) => {
      const keepalive = 'connection_keepalive: { interval: 60s, timeout: 20s }';
      assert.ok(config.includes(keepalive));
      return config.replace(keepalive, 'connection_keepalive: { interval: 0.2s, timeout: 2s }');
    });
    const tab = await connected(world);
    await sleep(HALF_HOUR_MS);
    assert.equal(await tab.call('state'), 'live');
    assert.equal((await tab.call('stats')).sessions, 1);
    await tab.call('write', 'after.md', 'still there');
    assert.equal((await tab.open('after.md')).text, 'still there');
  });

  it('resumes with nothing lost when a proxy cuts it all the same', async () => {
    // Shorter than the heartbeats: what a proxy in between may be set to.
    world = await BrowserWorld.start({ session: { heartbeatMs: 3_000 } }, (config) => {
      assert.ok(config.includes('stream_idle_timeout: 0s'));
      return config.replace('stream_idle_timeout: 0s', 'stream_idle_timeout: 1s');
    });
    const tab = await connected(world);
    await tab.call('write', 'before.md', 'written before the cut');
    await tab.until('harness.stats().sessions >= 2', 'the stream was cut, and another one opened');
    await tab.live();
    const opened = await tab.open('before.md');
    assert.deepEqual([opened.text, opened.source, opened.waitMs], ['written before the cut', 'buffer', 0]);
    assert.equal((await tab.call('stats')).pushedBytes, 0, 'nothing came a second time');
  });

  async function connected(to: BrowserWorld): Promise<Tab> {
    const tab = await to.tab();
    const token = await to.nodes.tokens.token({ device: 'idle' });
    assert.equal(await tab.connect({ endpoint: to.envoy.url, token }), 'live');
    return tab;
  }
});
