import assert from 'node:assert/strict';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import {
  ContentServiceDefinition,
  GetRequest,
  GetResponse,
  ListRequest,
  PutHeader,
  PutRequest,
  SyncServiceDefinition,
} from '@foresync/protocol';
import { Caller, CallFailure, callFailure, failureOf } from '../support/calls.js';
import { HandStream } from '../support/hand-stream.js';
import type { RpcWorld } from '../support/rpc-world.js';
import { rpcWorld } from '../support/rpc-world.js';

/** More than the client's own queues take. */
const LARGE = 12 * 1024 * 1024;
const { methods } = ContentServiceDefinition;

describe('what does not go on', () => {
  let world: RpcWorld;
  let client: Client;
  let content: Caller;
  const metadata = new Metadata();

  beforeEach(async () => {
    world = await rpcWorld({ stallMs: 300, unaryMs: 300, helloMs: 100 });
    const token = await world.tokens.token({});
    metadata.set('authorization', `Bearer ${token}`);
    client = new Client(`127.0.0.1:${world.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    content = new Caller(world.port, ContentServiceDefinition, token);
  });
  afterEach(async () => {
    client.close();
    content.close();
    await world.stop();
  });

  const header = (sizeBytes: number): PutRequest => ({
    part: {
      $case: 'header',
      value: PutHeader.create({ space: 'notes', item: 'x', sizeBytes: BigInt(sizeBytes) }),
    },
  });

  it('a download that nobody reads is ended, and says why when somebody reads again', async () => {
    const chunk = Buffer.alloc(256 * 1024);
    const chunks = Array.from({ length: LARGE / chunk.length }, () => ({
      part: { $case: 'chunk' as const, value: chunk },
    }));
    await content.upload(methods.put, [header(LARGE), ...chunks]);
    const call = client.makeServerStreamRequest(
      '/foresync.v1.ContentService/Get',
      (request: GetRequest) => Buffer.from(GetRequest.encode(request).finish()),
      (bytes: Buffer) => GetResponse.decode(bytes),
      GetRequest.create({ space: 'notes', item: 'x' }),
      metadata,
    );
    // Reading one message and no more stops the flow of HTTP/2.
    await new Promise((resolve) => call.once('readable', resolve));
    call.read();
    const log = (): unknown[] => world.lines().map(({ code }) => code);
    for (let tries = 0; !log().includes('SLOW_CONSUMER') && tries < 300; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(log().includes('SLOW_CONSUMER'), log().join());
    const failure = await new Promise<unknown>((resolve) => {
      call.on('error', (error) => resolve(failureOf(error)));
      call.resume();
    });
    assert.ok(failure instanceof CallFailure);
    assert.deepEqual([failure.status, failure.code], [status.UNAVAILABLE, 'SLOW_CONSUMER']);
  });

  it('an upload that stops half-way is ended', async () => {
    const failure = await new Promise<unknown>((resolve) => {
      const call = client.makeClientStreamRequest(
        '/foresync.v1.ContentService/Put',
        (request: PutRequest) => Buffer.from(PutRequest.encode(request).finish()),
        () => null,
        metadata,
        (error) => resolve(failureOf(error)),
      );
      call.write(header(LARGE));
    });
    assert.ok(failure instanceof CallFailure);
    assert.deepEqual(
      [failure.status, failure.code, failure.facts['limit']],
      [status.UNAVAILABLE, 'SLOW_CONSUMER', '300'],
    );
  });

  it('a stream without a Hello is ended', async () => {
    const sync = new Caller(world.port, SyncServiceDefinition, content.token);
    const stream = new HandStream(sync);
    const failure = await stream.ended;
    assert.deepEqual([failure?.status, failure?.code], [status.FAILED_PRECONDITION, 'HELLO_EXPECTED']);
    sync.close();
  });

  it('a call whose store does not answer is ended, and may be tried again', async () => {
    Object.assign(world.store.spaces, { list: () => new Promise(() => undefined) });
    const failure = await callFailure(() =>
      content.unary(methods.list, ListRequest.create({ space: 'notes' })),
    );
    assert.deepEqual([failure.status, failure.code], [status.UNAVAILABLE, 'STORE_UNAVAILABLE']);
  });

  it('a session that the gate does not admit says when to come back', async () => {
    const sync = new Caller(world.port, SyncServiceDefinition, content.token);
    const stream = new HandStream(sync);
    const failure = await stream.hello().then(
      () => assert.fail(),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof CallFailure);
    assert.equal(failure.code, 'OVERLOADED');
    sync.close();
  });

  it('a defect is logged, and not told', async () => {
    Object.assign(world.store.spaces, { list: () => Promise.reject(new TypeError('a secret of the house')) });
    const failure = await callFailure(() =>
      content.unary(methods.list, ListRequest.create({ space: 'notes' })),
    );
    assert.deepEqual([failure.status, failure.code], [status.INTERNAL, 'INTERNAL']);
    assert.ok(!failure.message.includes('secret'));
    assert.ok(JSON.stringify(world.lines()).includes('a secret of the house'));
  });
});
