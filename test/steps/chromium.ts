import { chromiumPath } from '../support/browser/chromium.js';
import { installedByApt } from './debian.js';

/** Makes sure that there is a Chromium for the browser tests, as `redisIsThere` does for its server. */
export async function chromiumIsThere(): Promise<boolean> {
  if (chromiumPath() === undefined) await installedByApt('chromium');
  if (chromiumPath() !== undefined) return true;
  console.error('the browser tests need Chromium: apt-get install chromium, or a Google Chrome');
  return false;
}
