import { archiveSuite } from './archive.js';
import { blobsSuite } from './blobs.js';
import type { Adapter } from './harness.js';
import { forgettingSuite } from './forgetting.js';
import { hostileIdsSuite } from './hostile-ids.js';
import { lessonsSuite } from './lessons.js';
import { modelSpacesSuite } from './model-spaces.js';
import { modelUsersSuite } from './model-users.js';
import { persistenceSuite } from './persistence.js';
import { spacesSuite } from './spaces.js';
import { usersSuite } from './users.js';
import { wakeUpsSuite } from './wake-ups.js';

/** What every adapter of the store port has to do. An adapter's own test file calls it with its factory. */
export function storeConformance(adapter: Adapter): void {
  describe(`store: ${adapter.name}`, function () {
    this.timeout(60_000);
    spacesSuite(adapter);
    usersSuite(adapter);
    forgettingSuite(adapter);
    lessonsSuite(adapter);
    blobsSuite(adapter);
    wakeUpsSuite(adapter);
    hostileIdsSuite(adapter);
    modelSpacesSuite(adapter);
    modelUsersSuite(adapter);
    if (!adapter.persistent) return;
    persistenceSuite(adapter);
    archiveSuite(adapter);
  });
}
