import type { Harness } from '../../support/browser/harness-api.js';
import './harness.js';

/** Calls of the harness, one at a time, by name. */
globalThis.onmessage = async ({ data }: MessageEvent<{ verb: keyof Harness; args: unknown[] }>) => {
  const { verb, args } = data;
  // The test that posts it names a verb of the harness, and gives what it takes.
  globalThis.postMessage(await (globalThis.harness[verb] as (...args: unknown[]) => unknown)(...args));
};
