import type { ReadFile } from '@foresync/ranking';

/** How long a file of the model may take, ms. */
const PATIENCE_MS = 30_000;

/** Fetches a model's files from a folder; what is no answer of 200 is none. */
export function reading(folder: string | URL): ReadFile {
  const address = String(folder).replace(/\/*$/, '/');
  return async (file) => {
    const response = await fetch(`${address}${file}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    throw new Error(`${response.status} ${response.statusText}`.trim());
  };
}
