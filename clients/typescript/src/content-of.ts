import { ContentEncoding } from '@foresync/protocol';
import { decodeDelta, DeltaError } from '@foresync/protocol/delta';
import type { Sha256 } from '@foresync/protocol/digest';
import type { Checkpoint } from './checkpoint.js';
import { toHex } from './hex.js';
import type { RunningHash } from './sha256.js';

/** How a content travels. */
export interface ContentFacts {
  readonly encoding: ContentEncoding;
  /** Of the base of a delta, 32 bytes. */
  readonly baseHash: Uint8Array;
  readonly encodedBytes: number;
}

export interface ContentTools {
  /** A content that the device holds, by its hash. */
  readonly base: (hash: string) => Promise<Uint8Array | undefined>;
  /** The digest of the bytes, if it was made as they came. */
  readonly hash: RunningHash | null;
  readonly sha256: Sha256;
}

export type ContentResult =
  | { readonly content: Uint8Array; readonly problem: null }
  | { readonly content: null; readonly problem: string };

/** The content that the bytes stand for, if it has the size and the hash of its checkpoint. */
export async function contentOf(
  checkpoint: Checkpoint,
  facts: ContentFacts,
  bytes: Uint8Array,
  tools: ContentTools,
): Promise<ContentResult> {
  const decoded = await decodedFrom(checkpoint, facts, bytes, tools);
  if (typeof decoded === 'string') return { content: null, problem: decoded };
  if (decoded.length !== checkpoint.sizeBytes) {
    tools.hash?.cancel();
    return { content: null, problem: `has ${decoded.length} bytes instead of ${checkpoint.sizeBytes}` };
  }
  const hash = toHex(tools.hash?.finish() ?? tools.sha256(decoded));
  if (hash !== checkpoint.dataHash)
    return { content: null, problem: `has the hash ${hash} instead of ${checkpoint.dataHash}` };
  return { content: decoded, problem: null };
}

/** The bytes themselves, what a delta makes of its base, or why neither. */
async function decodedFrom(
  { sizeBytes }: Checkpoint,
  { encoding, baseHash }: ContentFacts,
  bytes: Uint8Array,
  { base }: ContentTools,
): Promise<Uint8Array | string> {
  if (encoding === ContentEncoding.CONTENT_ENCODING_IDENTITY) return bytes;
  if (encoding !== ContentEncoding.CONTENT_ENCODING_DELTA) return `has the unknown encoding ${encoding}`;
  const held = await base(toHex(baseHash));
  if (held === undefined) return 'is a delta to a content that the device does not hold';
  try {
    return decodeDelta(held, bytes, sizeBytes);
  } catch (error) {
    if (error instanceof DeltaError) return `is a delta that ${error.message}`;
    throw error;
  }
}
