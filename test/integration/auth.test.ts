import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { ContentServiceDefinition, ListRequest, WatchRequest } from '@foresync/protocol';
import { SignJWT, UnsecuredJWT } from 'jose';
import { all, Caller, callFailure } from '../support/calls.js';
import type { RpcWorld } from '../support/rpc-world.js';
import { rpcWorld } from '../support/rpc-world.js';

const { list, watch } = ContentServiceDefinition.methods;

describe('authentication at the edge', () => {
  let world: RpcWorld;
  let caller: Caller;

  before(async () => {
    world = await rpcWorld();
    caller = new Caller(world.port, ContentServiceDefinition, null);
  });
  after(async () => {
    caller.close();
    await world.stop();
  });

  /** Status, code and reason that a token leads to. */
  async function outcome(
    token: string | null,
    space = 'notes',
  ): Promise<[number, string | undefined, string | undefined]> {
    caller.token = token;
    const failure = await callFailure(() => caller.unary(list, ListRequest.create({ space })));
    return [failure.status, failure.code, failure.facts['reason']];
  }

  it('refuses every token that it should refuse, with UNAUTHENTICATED and the reason', async () => {
    const { tokens } = world;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const claims = { sub: 'alice', aud: 'foresync', exp: Date.now() / 1000 + 60, spaces: { notes: 'write' } };
    const signed = (alg: string, kid: string) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);
    const matrix: [string | null, string][] = [
      [null, 'missing'],
      ['', 'missing'],
      ['not a token', 'missing'],
      ['not-a-token', 'malformed'],
      [await tokens.token({ expiresMs: Date.now() - 5000 }), 'expired'],
      [await tokens.token({ claims: { aud: 'elsewhere' } }), 'aud'],
      [await tokens.token({ claims: { nbf: Date.now() / 1000 + 600 } }), 'nbf'],
      [await tokens.token({ spaces: { notes: 'everything' } }), 'spaces'],
      [await tokens.token({ user: '' }), 'sub'],
      [new UnsecuredJWT(claims).encode(), 'signature'],
      [await signed('RS256', 'unknown'), 'signature'],
      [await signed('RS256', '../../../../dev/null'), 'signature'],
    ];
    for (const [token, reason] of matrix) {
      assert.deepEqual(await outcome(token), [status.UNAUTHENTICATED, 'UNAUTHENTICATED', reason]);
    }
  });

  it('keeps a token to the spaces that it grants, and does not tell which others exist', async () => {
    const token = await world.tokens.token({ spaces: { other: 'read', notes: 'read' } });
    for (const space of ['secret', 'notes2']) {
      assert.deepEqual((await outcome(token, space)).slice(0, 2), [
        status.PERMISSION_DENIED,
        'SPACE_FORBIDDEN',
      ]);
    }
    assert.deepEqual((await outcome(token, 'other')).slice(0, 2), [status.NOT_FOUND, 'SPACE_UNKNOWN']);
  });

  it('ends a stream when its token expires', async () => {
    caller.token = await world.tokens.token({ expiresMs: Math.ceil(Date.now() / 1000) * 1000 + 1000 });
    const failure = await callFailure(() =>
      all(caller.download(watch, WatchRequest.create({ space: 'notes' }))),
    );
    assert.deepEqual([failure.status, failure.facts['reason']], [status.UNAUTHENTICATED, 'expired']);
  });

  it('goes on serving, and names nobody in its log and metrics', async () => {
    caller.token = await world.tokens.token({ user: 'alice-in-person' });
    await caller.unary(list, ListRequest.create({ space: 'notes' }));
    const log = JSON.stringify(world.lines());
    const metrics = await world.metrics.registry.metrics();
    for (const text of [log, metrics]) {
      assert.ok(!text.includes('alice') && !text.includes('laptop') && !text.includes(caller.token));
    }
    assert.match(
      metrics,
      /foresync_rpc_calls_total\{method="foresync\.v1\.ContentService\/List",code="UNAUTHENTICATED"\} 12/,
    );
    const last = world.lines().at(-1);
    assert.deepEqual([last?.['method'], last?.['code']], ['foresync.v1.ContentService/List', 'OK']);
  });
});
