/** `npm run demo:screenshots`: the pictures of the demo's page in docs/, of a demo that it starts and uses as a visitor would. */
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/browser/chromium.js';
import { WebDemo } from './demo/web-demo.js';

const PICTURES = [
  { file: 'docs/web-demo-light.png', colorScheme: 'light', width: 1240, height: 880 },
  { file: 'docs/web-demo-dark.png', colorScheme: 'dark', width: 1240, height: 880 },
  { file: 'docs/web-demo-narrow.png', colorScheme: 'light', width: 400, height: 1000 },
] as const;

/** Of one picture. */
const MOST_BYTES = 200 * 1024;
/** Between two clicks of a visitor, ms. */
const LOOK_MS = 900;
const STEPS = 12;

const demo = await WebDemo.start({ signal: new AbortController().signal, onProgress: () => undefined });
try {
  const browser = await launchChromium();
  try {
    for (const picture of PICTURES) await take(browser, picture);
  } finally {
    await browser.close();
  }
} finally {
  await demo.stop();
}

async function take(
  browser: Browser,
  { file, colorScheme, width, height }: (typeof PICTURES)[number],
): Promise<void> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height } });
  await page.goto(demo.url);
  await work(page);
  const { length } = await page.screenshot({ path: file });
  await page.close();
  if (length > MOST_BYTES)
    throw new Error(`${file} has ${length} bytes, at most ${MOST_BYTES} belong into docs/`);
  console.log(`${file}: ${length} bytes`);
}

/** A morning's work on the laptop, a colleague's change, and the phone beside it without prediction. */
async function work(page: Page): Promise<void> {
  const laptop = page.getByRole('region', { name: 'Laptop' });
  await laptop.getByText('live').waitFor();
  for (let step = 0; step < STEPS; step++) {
    const next = laptop.getByRole('button', { name: 'Next in the record' });
    await (step % 3 === 2 ? laptop.locator('.shelf li button').first() : next).click();
    await page.waitForTimeout(LOOK_MS);
  }
  await page.getByRole('button', { name: 'colleague' }).click();
  const phone = page.getByRole('region', { name: 'Phone' });
  if (await phone.isVisible()) {
    await phone.getByRole('switch').click();
    for (const item of ['src/hono.ts', 'src/context.ts', '.tool-versions']) {
      await phone.getByRole('searchbox').fill(item);
      await phone.locator('.library li button').first().click();
      await page.waitForTimeout(LOOK_MS);
    }
    await phone.getByRole('searchbox').fill('');
  }
  await page.waitForTimeout(LOOK_MS);
}
