import assert from 'node:assert/strict';
import type { Browser, Locator, Page, Request } from 'playwright-core';
import { launchChromium } from '../support/browser/chromium.js';
import { DemoProcess } from '../support/browser/demo-process.js';
import { until } from '../support/until.js';

/** `npm run demo:web` as a new user would try it, in real headless Chromium. */
describe('the demo in a browser', function () {
  this.timeout(240_000);
  let demo: DemoProcess;
  let browser: Browser;
  let page: Page;
  let laptop: Locator;
  let phone: Locator;
  let problems: string[] = [];
  const streams = new Set<Request>();

  before(async () => {
    [demo, browser] = await Promise.all([DemoProcess.start(), launchChromium()]);
  });
  beforeEach(async () => {
    problems = [];
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => problems.push(message));
    streams.clear();
    page.on('request', (request) => {
      if (request.url().endsWith('/Subscribe')) streams.add(request);
    });
    page.on('requestfinished', (request) => streams.delete(request));
    page.on('requestfailed', (request) => streams.delete(request));
    await page.goto(demo.url);
    laptop = page.getByRole('region', { name: 'Laptop' });
    phone = page.getByRole('region', { name: 'Phone' });
    await laptop.getByText('live').waitFor();
    await phone.getByText('live').waitFor();
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(problems, [], 'nothing went wrong in the page');
  });
  after(async () => {
    await browser.close();
    await demo.kill();
  });

  it('has a document that was pushed open with zero wait within a minute of clicking around', async () => {
    const started = performance.now();
    const wait = laptop.locator('.wait');
    for (let opens = 0; !(await wait.getByText('before you asked').isVisible()); opens++) {
      assert.ok(performance.now() - started < 60_000, `no zero wait after ${opens} opens`);
      const pushed = laptop.locator('.shelf li button').first();
      const next = laptop.getByRole('button', { name: 'Next in the record' });
      await ((await pushed.isVisible()) ? pushed : next).click();
      await laptop.locator('.reader[aria-busy=false] article').waitFor();
    }
    assert.match(await wait.innerText(), /^0\sms/);
    assert.match(await laptop.locator('[aria-live]').innerText(), /: zero wait: it came before you asked/);
  });

  it('shows score and reasons of what came, and counts its bytes', async () => {
    await clickAround(laptop, 2);
    const first = laptop.locator('.shelf li').first();
    await first.waitFor();
    assert.match(await first.innerText(), /\d\s%[\s\S]*B · \w+/);
    assert.match(
      (await laptop.getByRole('img', { name: 'Bytes pushed' }).getAttribute('aria-label')) ?? '',
      /Bytes pushed over time: [\d.]+\s[kM]?B, of which/,
    );
    await phone.locator('.shelf li').first().waitFor();
  });

  it('pushes nothing to a device whose prediction is off, and what is opened there waits', async () => {
    await phone.getByRole('switch', { name: 'Prediction' }).click();
    await phone.getByText('Prediction is off').waitFor();
    await phone.getByText('live').waitFor();
    await clickAround(laptop, 2);
    await clickAround(phone, 2);
    assert.equal(await phone.locator('.shelf li').count(), 0);
    const row = await phone.getByRole('row', { name: 'without' }).innerText();
    assert.match(row, /2\s+0\s%\s+\d+\sms/);
  });

  it('opens off line what it holds, says so, and comes back', async () => {
    await clickAround(laptop, 2);
    const pushed = laptop.locator('.shelf li button').first();
    const item = (await pushed.locator('.name').getAttribute('title')) ?? '';
    await page.getByRole('radio', { name: 'off' }).check();
    await laptop.getByText('off line').waitFor();
    await pushed.click();
    await laptop.locator('.wait').getByText('known current').waitFor();
    assert.equal(await laptop.locator('.reader .name').getAttribute('title'), item);
    await page.getByRole('radio', { name: 'as it is' }).check();
    await laptop.getByText('live').waitFor();
  });

  it('reckons by itself, off line, what is likely next of what it holds', async () => {
    await clickAround(laptop, 3);
    await page.getByRole('radio', { name: 'off' }).check();
    const own = laptop.getByRole('region', { name: 'Likely next, on this device' });
    await own.locator('li').first().waitFor();
    assert.match(await own.locator('li').first().innerText(), /\d\s%/);
    assert.match(
      await own.locator('.reasons').allInnerTexts().then(String),
      /you used it|often used together/,
    );
    const guess = own.locator('li button').first();
    const item = (await guess.locator('.name').getAttribute('title')) ?? '';
    await guess.click();
    await laptop.locator(`.reader .name[title="${item}"]`).waitFor();
    await own.locator(`.name[title="${item}"]`).waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'as it is' }).check();
    await own.waitFor({ state: 'detached' });
  });

  it('says in a line that the model is absent, and does without', async () => {
    await page.route('**/model/*', (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await laptop.getByText('live').waitFor();
    await clickAround(laptop, 1);
    await page.getByRole('radio', { name: 'off' }).check();
    await laptop.getByText('This device ranks nothing by itself: manifest.json').waitFor();
    await page.getByRole('radio', { name: 'as it is' }).check();
    await laptop.getByText('live').waitFor();
    await clickAround(laptop, 1);
  });

  it('hears of a colleague’s change: what is held of it is old, or new already', async () => {
    await page.getByRole('button', { name: 'colleague' }).click();
    const told = page.locator('.colleagues [role=status]');
    await told.getByText('changed').waitFor();
    assert.match(await told.innerText(), /^u\w+ changed \S+/);
  });

  it('keeps one session for a device, however fast it is begun anew', async () => {
    const before = new Set(streams);
    assert.equal(before.size, 2);
    await page.evaluate("for (const at of [1, 2, 3]) document.querySelectorAll('[role=switch]')[1].click()");
    await until(() => [...streams].some((stream) => !before.has(stream)), 'a session has begun');
    await phone.getByText('live').waitFor();
    await until(() => streams.size === 2, 'the sessions that were given up are over');
  });

  it('can be used by the keyboard alone', async () => {
    await laptop.getByRole('searchbox').focus();
    await page.keyboard.type('tsconfig');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    const item = await page.evaluate<string>("document.activeElement.querySelector('.name').title");
    assert.match(item, /tsconfig/);
    await page.keyboard.press('Enter');
    await laptop.locator(`.reader .name[title="${item}"]`).waitFor();
    await phone.getByRole('switch').focus();
    await page.keyboard.press('Space');
    assert.equal(await phone.getByRole('switch').getAttribute('aria-checked'), 'false');
  });

  it('ends at Ctrl-C with everything that it started, and leaves nothing behind', async () => {
    assert.deepEqual(await demo.interrupt(), []);
  });
});

/** Opens what comes next in the record, one after the other. */
async function clickAround(device: Locator, opens: number): Promise<void> {
  const counted = device.locator('.comparison tbody');
  for (let count = 0; count < opens; count++) {
    const before = await counted.innerText();
    await device.getByRole('button', { name: 'Next in the record' }).click();
    while ((await counted.innerText()) === before) await device.page().waitForTimeout(50);
  }
}
