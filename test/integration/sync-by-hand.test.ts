import assert from 'node:assert/strict';
import { Metadata, status } from '@grpc/grpc-js';
import {
  ContentServiceDefinition,
  GoodbyeReason,
  SyncServiceDefinition,
  WatchRequest,
} from '@foresync/protocol';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { all, Caller, callFailure } from '../support/calls.js';
import { HandStream } from '../support/hand-stream.js';
import { Reflected } from '../support/reflected.js';

describe('a Sync stream by hand', () => {
  let world: AppWorld;
  let sync: Caller;

  beforeEach(async () => {
    world = await appWorld();
    sync = new Caller(world.port, SyncServiceDefinition, await world.tokens.token({}));
  });
  afterEach(async () => {
    sync.close();
    await world.stop();
  });

  it('opens for a client that knows only what reflection says', async () => {
    const reflected = new Reflected(world.port);
    const client = await reflected.client('foresync.v1.SyncService');
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await world.tokens.token({})}`);
    const call = client['sync']?.(metadata);
    assert.ok(call !== undefined);
    const first = new Promise<Record<string, unknown>>((resolve) => call.once('data', resolve));
    call.write({ events: [{ hello: { spaces: ['notes'] } }] });
    const { events } = (await first) as { events: Record<string, unknown>[] };
    assert.ok('welcome' in (events[0] ?? {}));
    const ended = new Promise<number>((resolve) => call.once('status', ({ code }) => resolve(code)));
    call.end();
    assert.equal(await ended, status.OK);
    client.close();
    reflected.close();
  });

  it('echoes heartbeats, and ends well when the device leaves', async () => {
    const stream = new HandStream(sync);
    const welcome = await stream.hello({ clientVersion: 'hand 1' });
    assert.equal(welcome.queryKey.length, 32);
    await stream.barrier(9n);
    stream.call.end();
    assert.equal(await stream.ended, null);
    const line = world.lines().find(({ method }) => method === 'foresync.v1.SyncService/Sync');
    assert.deepEqual(
      [line?.['code'], line?.['client'], line?.['session']],
      ['OK', 'hand 1', welcome.sessionId],
    );
  });

  it('gives way to the next one of the same device', async () => {
    const first = new HandStream(sync);
    await first.hello();
    const second = new HandStream(sync);
    await second.hello();
    assert.equal((await first.next('goodbye')).reason, GoodbyeReason.GOODBYE_REASON_TAKEN_OVER);
    const failure = await first.ended;
    assert.deepEqual([failure?.status, failure?.code], [status.ABORTED, 'TAKEN_OVER']);
    await second.barrier(1n);
    second.call.end();
    await second.ended;
  });

  it('says goodbye and ends UNAUTHENTICATED when its token expires', async () => {
    sync.token = await world.tokens.token({ expiresMs: Math.ceil(Date.now() / 1000) * 1000 + 1000 });
    const stream = new HandStream(sync);
    await stream.hello();
    assert.equal((await stream.next('goodbye')).reason, GoodbyeReason.GOODBYE_REASON_TOKEN_EXPIRED);
    const failure = await stream.ended;
    assert.deepEqual([failure?.status, failure?.facts['reason']], [status.UNAUTHENTICATED, 'expired']);
  });

  it('is forgotten when the device breaks off', async () => {
    const stream = new HandStream(sync);
    await stream.hello();
    assert.equal(world.app.sessions, 1);
    stream.call.cancel();
    await stream.ended;
    const open = (): number => world.app.sessions;
    for (let tries = 0; open() > 0 && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(open(), 0);
  });
});

describe('the shutdown of a node', () => {
  it('says goodbye, ends every stream UNAVAILABLE with when to come back, and takes no more', async () => {
    const world = await appWorld();
    const token = await world.tokens.token({});
    const sync = new Caller(world.port, SyncServiceDefinition, token);
    const content = new Caller(world.port, ContentServiceDefinition, token);
    const stream = new HandStream(sync);
    await stream.hello();
    const pages = content.download(
      ContentServiceDefinition.methods.watch,
      WatchRequest.create({ space: 'notes' }),
    );
    await pages.next();
    const watching = callFailure(() => all(pages));
    const stopped = world.stop();
    const goodbye = await stream.next('goodbye');
    assert.equal(goodbye.reason, GoodbyeReason.GOODBYE_REASON_SHUTDOWN);
    assert.ok(goodbye.retryAfterMs > 0);
    for (const failure of [await stream.ended, await watching]) {
      assert.deepEqual([failure?.status, failure?.code], [status.UNAVAILABLE, 'SHUTTING_DOWN']);
    }
    await stopped;
    const late = new HandStream(sync);
    late.send({ $case: 'heartbeat', value: { nonce: 1n, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
    assert.equal((await late.ended)?.status, status.UNAVAILABLE);
    assert.deepEqual(
      world
        .lines()
        .map(({ msg }) => msg)
        .filter((msg) => msg !== 'call'),
      ['the model is loaded', 'serving', 'stopping', 'stopped'],
    );
    sync.close();
    content.close();
  });

  it('does nothing the second time', async () => {
    const world = await appWorld();
    await Promise.all([world.app.stop(), world.app.stop()]);
    await world.stop();
  });
});
