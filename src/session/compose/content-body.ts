import type { DataHash } from '../../domain/ids.js';
import type { PushBody } from '../../domain/session-port.js';
import type { BlobStore } from '../../domain/store-port.js';
import type { DeltaRules } from '../../sync/delta.js';
import { deltaPossible, worthwhileDelta } from '../../sync/delta.js';

export interface BodyRules {
  readonly chunkBytes: number;
  readonly deltas: DeltaRules | null;
}

/**
 * How a content travels: as a delta against `base` where that is possible and worth it, whole if it fits into a chunk,
 * else in chunks (`transfer` numbers them). null if the content is no longer there. At most one chunk, or two contents
 * that deltas are made of, are in memory at a time.
 */
export async function contentBody(
  blobs: Pick<BlobStore, 'has' | 'read'>,
  content: { readonly dataHash: DataHash; readonly sizeBytes: number },
  base: DataHash | undefined,
  rules: BodyRules,
  transfer: () => number,
): Promise<PushBody | null> {
  const { dataHash, sizeBytes } = content;
  const delta = base === undefined ? null : await deltaBody(blobs, content, base, rules);
  if (delta !== null) return delta;
  if (sizeBytes > rules.chunkBytes) {
    if (!(await blobs.has(dataHash))) return null;
    return { kind: 'chunked', transfer: transfer(), encodedBytes: sizeBytes, base: null };
  }
  const bytes = await blobs.read(dataHash, 0, sizeBytes);
  return bytes === null ? null : { kind: 'inline', bytes, base: null };
}

async function deltaBody(
  blobs: Pick<BlobStore, 'read'>,
  { dataHash, sizeBytes }: { readonly dataHash: DataHash; readonly sizeBytes: number },
  base: DataHash,
  { deltas, chunkBytes }: BodyRules,
): Promise<PushBody | null> {
  if (deltas === null || base === dataHash || !deltaPossible(sizeBytes, deltas)) return null;
  // One byte more than a base may have: then it is too large.
  const old = await blobs.read(base, 0, deltas.maxBytes + 1);
  if (old === null || old.length > deltas.maxBytes) return null;
  const bytes = await blobs.read(dataHash, 0, sizeBytes);
  if (bytes === null) return null;
  const delta = worthwhileDelta(old, bytes, deltas);
  return delta === null || delta.length > chunkBytes ? null : { kind: 'inline', bytes: delta, base };
}
