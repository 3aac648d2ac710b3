import assert from 'node:assert/strict';
import { BrowserWorld } from '../support/browser/browser-world.js';
import { until } from '../support/until.js';

/** Where a client may run in a browser, and how much it may keep there. */
describe('workers and storage of a browser', function () {
  this.timeout(180_000);
  let world: BrowserWorld | undefined;

  before(async () => {
    world = await BrowserWorld.start();
  });
  afterEach(async () => {
    await world?.forget();
    await until(() => started().sessions === 0, 'every session is over');
  });
  after(() => world?.stop());

  it('runs in a worker, which shares the device with the page', async () => {
    const tab = await started().tab();
    const options = { endpoint: started().envoy.url, token: await token('with-worker') };
    assert.equal(await tab.callWorker('connect', options), 'live');
    await tab.callWorker('write', 'of-worker.md', 'written in a worker');
    assert.equal(await tab.connect(options), 'live');
    assert.equal(started().sessions, 1);
    const opened = await tab.open('of-worker.md');
    assert.deepEqual([opened.text, opened.source], ['written in a worker', 'buffer']);
  });

  it('makes room when the browser has none left, and tells what went', async () => {
    const tab = await started().tab();
    const options = { endpoint: started().envoy.url, token: await token('small') };
    assert.equal(await tab.connect(options), 'live');
    const room = 1_500_000;
    await tab.call('limitStorage', room);
    const items = Array.from({ length: 12 }, (_, turn) => `large ${turn}`);
    for (const item of items) await tab.call('write', item, `${item} `.repeat(30_000));
    const { held } = await tab.call('stats');
    assert.ok(held.bytes <= room, `it holds ${held.bytes} bytes`);
    assert.ok(await tab.call('held', items.at(-1) ?? ''), 'the newest is held');
    assert.equal(await tab.call('held', items[0] ?? ''), false, 'the oldest went');
    const heard = await tab.call('heard');
    assert.ok(heard.some(({ kind, item }) => kind === 'evicted' && item === items[0]));
    assert.ok(!heard.some(({ kind }) => kind === 'storage'), 'nothing is left that could not be stored');
    await tab.page.reload();
    await tab.page.waitForFunction('globalThis.harness !== undefined');
    assert.equal(await tab.connect(options), 'live');
    assert.deepEqual((await tab.call('stats')).held, held, 'the next page finds the same');
  });

  it('keeps to the bytes that it is given', async () => {
    const tab = await started().tab();
    const options = { endpoint: started().envoy.url, token: await token('bounded'), capacityBytes: 1000 };
    await tab.connect(options);
    for (const item of ['one', 'two', 'three']) await tab.call('write', item, 'x'.repeat(400));
    assert.deepEqual((await tab.call('stats')).held, { items: 2, bytes: 800 });
  });

  function started(): BrowserWorld {
    assert.ok(world !== undefined);
    return world;
  }

  const token = (device: string): Promise<string> => started().nodes.tokens.token({ device });
});
