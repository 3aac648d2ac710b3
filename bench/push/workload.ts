import { createHash } from 'node:crypto';
import { SyncRequest } from '@foresync/protocol';
import type { DataHash, ItemId } from '../../src/domain/ids.js';
import { dataHash, itemId, spaceId } from '../../src/domain/ids.js';
import type { ExplainedPush } from '../../src/domain/plan.js';
import type { ServerEvent } from '../../src/domain/session-port.js';

export const SPACE = spaceId('bench');
export const MODIFIED_MS = 1_800_000_000_000;

/** A content to push: the same for every implementation. */
export interface Content {
  readonly item: ItemId;
  readonly bytes: Buffer;
  readonly dataHash: DataHash;
}

export function contentsOf(count: number, size: number): Content[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.alloc(size, `content ${index} `);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return { item: itemId(`docs/page-${index}`), bytes, dataHash: dataHash(hash) };
  });
}

/** Which stream it is that says this Hello. */
export function streamOf(hello: Uint8Array): number {
  const event = SyncRequest.decode(hello).events[0]?.event;
  return event?.$case === 'hello' ? Number(event.value.clientVersion) : Number.NaN;
}

/** The plan of a content. */
export function plannedPush({ item, bytes, dataHash: hash }: Content, version: number): ExplainedPush {
  const sizeBytes = bytes.length;
  const bundle = [{ item, dataHash: hash, version, sizeBytes }];
  return { kind: 'content', reasons: [], scored: { item, score: 0.5, bytes: sizeBytes, bundle } };
}

/** The event that a session makes of a content. */
export function pushOf({ item, bytes, dataHash: hash }: Content, delivery: number): ServerEvent {
  return {
    delivery,
    kind: 'push',
    push: {
      checkpoint: {
        space: SPACE,
        item,
        timestampMs: MODIFIED_MS,
        userContext: '',
        dataHash: hash,
        dependencyHashes: [],
        predictionScore: 0.5,
        version: delivery,
        sizeBytes: bytes.length,
        edges: [],
      },
      body: { kind: 'inline', bytes, base: null },
      reasons: [],
    },
  };
}
