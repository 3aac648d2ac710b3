import assert from 'node:assert/strict';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { Status } from '@foresync/protocol';
import { BadRequest, Checkpoint, ErrorInfo, RetryInfo } from '@foresync/protocol';
import { ERROR_CATALOGUE, ForesyncError } from '../../../src/domain/errors.js';
import type { ErrorCode } from '../../../src/domain/errors.js';
import { dataHash, itemId, spaceId } from '../../../src/domain/ids.js';
import { callStatus, statusDetails, wireStatus } from '../../../src/rpc/status.js';

interface Codec<T> {
  decode(bytes: Uint8Array): T;
}

/** The only detail of this type, decoded. */
function detail<T>(status: Status, type: string, codec: Codec<T>): T | undefined {
  const found = status.details.filter(({ typeUrl }) => typeUrl === `type.googleapis.com/${type}`);
  assert.ok(found.length <= 1);
  return found[0] === undefined ? undefined : codec.decode(found[0].value);
}

describe('rpc/status', () => {
  it('gives every code of the catalogue its gRPC code, its name and its domain', () => {
    for (const code of Object.keys(ERROR_CATALOGUE) as ErrorCode[]) {
      const status = wireStatus(new ForesyncError(code, 'why'));
      assert.equal(grpcStatus[status.code], ERROR_CATALOGUE[code].grpc);
      assert.ok(status.message.startsWith(`[${code}] `));
      const info = detail(status, 'google.rpc.ErrorInfo', ErrorInfo);
      assert.deepEqual([info?.reason, info?.domain], [code, 'foresync']);
      assert.equal(
        detail(status, 'google.rpc.RetryInfo', RetryInfo) !== undefined,
        ERROR_CATALOGUE[code].retry,
      );
    }
  });

  it('names the field and the facts', () => {
    const error = new ForesyncError('FIELD_INVALID', 'item is empty', {
      field: 'item',
      facts: { limit: '512' },
    });
    const status = wireStatus(error);
    const violations = detail(status, 'google.rpc.BadRequest', BadRequest)?.fieldViolations;
    assert.deepEqual(
      violations?.map(({ field, description, reason }) => [field, description, reason]),
      [['item', 'item is empty', 'FIELD_INVALID']],
    );
    assert.deepEqual(detail(status, 'google.rpc.ErrorInfo', ErrorInfo)?.metadata, { limit: '512' });
  });

  it('says when to come back', () => {
    const status = wireStatus(new ForesyncError('OVERLOADED', 'full', { retryAfterMs: 2500 }));
    const { retryDelay } = detail(status, 'google.rpc.RetryInfo', RetryInfo) ?? {};
    assert.deepEqual(retryDelay, { seconds: 2n, nanos: 500_000_000 });
  });

  it('does not tell what went wrong inside', () => {
    const status = wireStatus(ForesyncError.from(new TypeError('secret of /etc/passwd')));
    assert.equal(status.code, grpcStatus.INTERNAL);
    assert.ok(!JSON.stringify(status.message).includes('secret'));
  });

  it('carries the current checkpoint of a conflict, without its edges if they are too many', () => {
    for (const [edges, kept] of [
      [3, 3],
      [256, 0],
    ] as const) {
      const status = wireStatus(new ForesyncError('CONFLICT', 'changed', { attachment: checkpoint(edges) }));
      const current = detail(status, 'foresync.v1.Checkpoint', Checkpoint);
      assert.equal(current?.item, 'docs/plan.md');
      assert.deepEqual(Buffer.from(current.dataHash), Buffer.alloc(32, 0xab));
      assert.deepEqual([current.edges.length, current.dependencyHashes.length], [kept, kept]);
    }
    const absent = wireStatus(new ForesyncError('CONFLICT', 'gone'));
    assert.equal(detail(absent, 'foresync.v1.Checkpoint', Checkpoint), undefined);
  });

  it('survives texts that headers do not', () => {
    const status = callStatus(
      new ForesyncError('FIELD_INVALID', `\ud800${'x'.repeat(5000)}`, { field: 'a\udfff' }),
    );
    assert.doesNotThrow(() => encodeURI(status.details));
    assert.ok(status.details.length < 300);
    assert.ok(statusDetails(status.metadata)?.details.length === 2);
  });

  it('reads back what it wrote, and nothing where nothing is', () => {
    const error = new ForesyncError('ITEM_UNKNOWN', 'no such item', { field: 'item' });
    const { code, metadata } = callStatus(error);
    assert.equal(code, grpcStatus.NOT_FOUND);
    assert.deepEqual(statusDetails(metadata)?.message, '[ITEM_UNKNOWN] no such item');
    assert.equal(statusDetails(undefined), undefined);
    assert.equal(statusDetails(new Metadata()), undefined);
  });
});

function checkpoint(edges: number): object {
  const hash = dataHash('ab'.repeat(32));
  return {
    space: spaceId('s'),
    item: itemId('docs/plan.md'),
    timestampMs: 1,
    userContext: '',
    dataHash: hash,
    dependencyHashes: Array.from({ length: edges }, () => hash),
    predictionScore: 0,
    version: 3,
    sizeBytes: 4,
    edges: Array.from({ length: edges }, (_, index) => ({ item: itemId(`part-${index}`), kind: 'part' })),
  };
}
