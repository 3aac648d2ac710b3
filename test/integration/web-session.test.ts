import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { ManifestDigest, PutRequest } from '@foresync/protocol';
import {
  Ack,
  ActivityType,
  ContentServiceDefinition,
  Durability,
  GoodbyeReason,
  PutHeader,
  SyncServiceDefinition,
  Verdict,
} from '@foresync/protocol';
import { addTerm, digestBytes, manifestTerm } from '@foresync/protocol/digest';
import { Caller, callFailure } from '../support/calls.js';
import { HandStream } from '../support/hand-stream.js';
import type { Event } from '../support/hand-stream.js';
import { HandSubscription } from '../support/hand-subscription.js';
import type { NodeWorlds } from '../support/node-worlds.js';
import { nodeWorlds } from '../support/node-worlds.js';
import { until } from '../support/until.js';

const PUSH_RECENT = { policy: 'recent', mode: 'threshold' as const, threshold: 0 };
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('Subscribe and Report', () => {
  let world: NodeWorlds;
  let caller: Caller;
  let elsewhere: Caller;

  beforeEach(async () => {
    world = await nodeWorlds(2, { push: PUSH_RECENT });
    const token = await world.tokens.token({});
    [caller, elsewhere] = [callerOf(0, token), callerOf(1, token)];
  });
  afterEach(async () => {
    caller.close();
    elsewhere.close();
    await world.stop();
  });

  it('open a session, take what the device says, and tell what is durable', async () => {
    const web = new HandSubscription(caller, { clientVersion: 'web 1' });
    const welcome = await web.welcome();
    assert.deepEqual([welcome.queryKey.length, welcome.activitySequence], [32, 0n]);
    await put('a');
    assert.deepEqual(await web.report([]), { activitySequence: 0n, durability: 0 });
    const reported = await web.report([viewed(1n, 'a')]);
    assert.deepEqual(reported, { activitySequence: 1n, durability: Durability.DURABILITY_LOCAL });
    assert.deepEqual(await web.next('activityAck'), {
      sequence: 1n,
      durability: Durability.DURABILITY_LOCAL,
    });
    const again = await web.report([viewed(1n, 'a')]);
    assert.equal(again.activitySequence, 1n, 'a batch that comes twice has the effect of one');
    await web.barrier(7n);
    web.call.cancel();
    await until(() => world.nodes[0]?.app.sessions === 0, 'the session is forgotten');
  });

  it('push what another device of the user needs next, as Sync does', async () => {
    for (const item of ['a', 'b']) await put(item);
    const web = new HandSubscription(caller);
    await web.welcome();
    await web.barrier(1n);
    const laptop = new HandStream(callerOf(1, await world.tokens.token({ device: 'other' })));
    await laptop.hello();
    laptop.send(viewed(1n, 'a'));
    await laptop.next('activityAck');
    await web.report([viewed(1n, 'b')]);
    const push = await web.next('push');
    assert.deepEqual(sha256(push.content), Buffer.from(push.checkpoint?.dataHash ?? []));
    laptop.call.cancel();
    web.call.cancel();
  });

  it('answer a request, and resume elsewhere without sending again what was acknowledged', async () => {
    const hash = await put('a');
    const web = new HandSubscription(caller);
    await web.welcome();
    await web.report([
      { $case: 'request', value: { requestId: 5n, space: 'notes', item: 'a', latest: undefined } },
    ]);
    const answer = await web.next('answer');
    assert.ok(answer.result?.$case === 'found');
    assert.equal(Buffer.from(answer.result.value.content).toString(), 'content of a');
    await web.report([ackOf(web)]);
    await web.barrier(1n);
    const { resumeToken } = await web.next('position');
    web.call.cancel();

    const term = manifestTerm(sha256, 'notes', 'a', hash);
    const digest: ManifestDigest = { space: 'notes', digest: digestBytes(addTerm(0n, term)), count: 1n };
    await until(() => world.nodes[0]?.app.sessions === 0, 'the first session wrote what it learned');
    const resumed = new HandSubscription(elsewhere, { resumeToken, digests: [digest] });
    const { verdicts } = await resumed.welcome();
    assert.deepEqual(verdicts, [{ space: 'notes', verdict: Verdict.VERDICT_RESUME }]);
    await resumed.barrier(2n);
    assert.deepEqual(
      resumed.seen.filter(({ event }) => event?.$case === 'push'),
      [],
    );
    resumed.call.cancel();
  });

  it('tell a Report that reaches another node to move, and go on where the session is', async () => {
    const web = new HandSubscription(caller);
    await web.welcome();
    const failure = await callFailure(() => web.report([ackOf(web)], elsewhere));
    assert.deepEqual([failure.status, failure.code], [status.FAILED_PRECONDITION, 'SESSION_UNKNOWN']);
    assert.match(failure.message, /does not hold the session: subscribe again/);
    await web.barrier(3n);
    web.call.cancel();
  });

  it('know a session of its own device only', async () => {
    const web = new HandSubscription(caller);
    await web.welcome();
    for (const other of [{ device: 'phone' }, { user: 'bob' }]) {
      const stranger = callerOf(0, await world.tokens.token(other));
      const failure = await callFailure(() => web.report([ackOf(web)], stranger));
      assert.equal(failure.code, 'SESSION_UNKNOWN');
      stranger.close();
    }
    const backend = callerOf(0, await world.tokens.token({ device: null }));
    assert.equal((await callFailure(() => web.report([], backend))).code, 'DEVICE_REQUIRED');
    const subscribed = new HandSubscription(backend);
    assert.equal((await subscribed.ended)?.code, 'DEVICE_REQUIRED');
    backend.close();
    const renewed = callerOf(0, await world.tokens.token({ expiresMs: Date.now() + 7_200_000 }));
    await web.report([ackOf(web)], renewed);
    renewed.close();
    web.call.cancel();
  });

  it('refuse what cannot be, and end the stream with what ends a Sync stream', async () => {
    const without = new HandSubscription(caller, null);
    assert.equal((await without.ended)?.code, 'HELLO_EXPECTED');
    const empty = new HandSubscription(caller, { spaces: [] });
    assert.deepEqual((await empty.ended)?.fields, ['hello.spaces']);

    const web = new HandSubscription(caller);
    assert.deepEqual((await callFailure(() => web.report([]))).fields, ['session_id']);
    await web.welcome();
    await web.report([viewed(4n, 'a')]);
    assert.equal((await web.next('refusal')).activitySequence, 4n);
    const bad: Event = { $case: 'ack', value: Ack.create({ delivery: 2n ** 60n }) };
    const failure = await callFailure(() => web.report([bad]));
    assert.deepEqual(failure.fields, ['events[0].ack.delivery']);
    const ended = await web.ended;
    assert.deepEqual([ended?.code, ended?.fields], ['FIELD_INVALID', ['events[0].ack.delivery']]);
    assert.equal((await callFailure(() => web.report([]))).code, 'SESSION_UNKNOWN');
  });

  it('give way to a Sync stream of the same device, and take over from it', async () => {
    const web = new HandSubscription(caller);
    await web.welcome();
    const sync = new HandStream(caller);
    await sync.hello();
    assert.equal((await web.next('goodbye')).reason, GoodbyeReason.GOODBYE_REASON_TAKEN_OVER);
    assert.equal((await web.ended)?.code, 'TAKEN_OVER');
    const next = new HandSubscription(caller);
    await next.welcome();
    assert.equal((await sync.ended)?.code, 'TAKEN_OVER');
    next.call.cancel();
  });

  it('say goodbye when the token expires, and when the node shuts down', async () => {
    const expiresMs = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    const short = callerOf(0, await world.tokens.token({ device: 'short', expiresMs }));
    const brief = new HandSubscription(short);
    await brief.welcome();
    const web = new HandSubscription(caller);
    await web.welcome();
    assert.equal((await brief.next('goodbye')).reason, GoodbyeReason.GOODBYE_REASON_TOKEN_EXPIRED);
    assert.equal((await brief.ended)?.status, status.UNAUTHENTICATED);
    short.close();
    const stopped = world.nodes[0]?.app.stop();
    const goodbye = await web.next('goodbye');
    assert.equal(goodbye.reason, GoodbyeReason.GOODBYE_REASON_SHUTDOWN);
    const ended = await web.ended;
    assert.deepEqual([ended?.status, ended?.code], [status.UNAVAILABLE, 'SHUTTING_DOWN']);
    await stopped;
  });

  function callerOf(node: number, token: string): Caller {
    return new Caller(world.nodes[node]?.port ?? 0, SyncServiceDefinition, token);
  }

  /** Writes an item as a backend; answers its hash. */
  async function put(item: string): Promise<Uint8Array> {
    const token = await world.tokens.token({ device: null });
    const backend = new Caller(world.nodes[0]?.port ?? 0, ContentServiceDefinition, token);
    const chunk = Buffer.from(`content of ${item}`);
    const header = PutHeader.create({ space: 'notes', item, sizeBytes: BigInt(chunk.length) });
    const parts: PutRequest[] = [
      { part: { $case: 'header', value: header } },
      { part: { $case: 'chunk', value: chunk } },
    ];
    const { checkpoint } = await backend.upload(ContentServiceDefinition.methods.put, parts);
    backend.close();
    return checkpoint?.dataHash ?? new Uint8Array();
  }
});

function viewed(sequence: bigint, item: string): Event {
  const activity = {
    type: ActivityType.ACTIVITY_TYPE_VIEWED,
    item,
    queryBuckets: [],
    timeMs: BigInt(Date.now()),
    locationCell: '',
  };
  return { $case: 'activities', value: { sequence, space: 'notes', activities: [activity] } };
}

/** Acknowledges everything that came. */
function ackOf(web: HandSubscription): Event {
  return { $case: 'ack', value: Ack.create({ delivery: web.delivered }) };
}
