import assert from 'node:assert/strict';
import { decodeRecord, encodeRecord } from '../src/buffer-record.js';
import { decodeOutboxRecord } from '../src/outbox-record.js';
import { bytesOf, checkpointFor, hashOf } from './support/checkpoints.js';

const hash = (text: string): string => hashOf(bytesOf(text));

describe('records on disk', () => {
  it('are read as they were written', () => {
    const checkpoint = checkpointFor('a', bytesOf('x'), {
      edges: [
        { item: 'b', kind: 'part' },
        { item: 'c', kind: 'link' },
      ],
    });
    for (const record of [
      {
        kind: 'put',
        atMs: 1.5,
        checkpoint: { ...checkpoint, userContext: '{}', dependencyHashes: [hash('d')] },
      },
      { kind: 'confirm', atMs: 2, checkpoint },
      { kind: 'stale', atMs: 3, space: 's', item: 'a' },
      { kind: 'touch', space: 's', item: 'a' },
      { kind: 'drop', space: 's', item: 'a' },
      { kind: 'renew', space: 's' },
      { kind: 'token', token: bytesOf('token') },
      { kind: 'key', key: bytesOf('key') },
    ] as const) {
      assert.deepEqual(decodeRecord(encodeRecord(record)), record);
    }
  });

  it('are refused if another version wrote them', () => {
    for (const bytes of [[], [99, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 255]]) {
      assert.throws(() => decodeRecord(Uint8Array.from(bytes)), { code: 'BUFFER_BROKEN' });
    }
    for (const bytes of [[], [99], [1, 0], [0, 255]]) {
      assert.throws(() => decodeOutboxRecord(Uint8Array.from(bytes)), { code: 'BUFFER_BROKEN' });
    }
  });
});
