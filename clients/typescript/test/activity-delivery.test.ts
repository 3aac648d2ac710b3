import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Any } from '@foresync/protocol';
import { BadRequest, ErrorInfo } from '@foresync/protocol';
import { FakeServer } from './support/fake-server.js';
import { inFolder } from './support/folder.js';
import { connectTo, eventually, withClient, type Scene } from './support/with-client.js';

const durable = (sequence: bigint) => ({
  $case: 'activityAck' as const,
  value: { sequence, durability: 1 as const },
});

describe('what was reported', () => {
  it('flush waits until what was reported is durable, and everything sent was handled', () =>
    withClient({ batchWindowMs: 60_000 }, async ({ client, session }) => {
      client.report({ type: 'viewed', item: 'a' });
      let flushed = false;
      const flushing = client.flush().then(() => (flushed = true));
      await session.next('activities');
      const before = session.all('heartbeat').length;
      await session.next('ack');
      assert.deepEqual([flushed, session.all('heartbeat').length], [false, before]);
      session.tell(durable(1n));
      await flushing;
      const kinds = session.events.map(({ $case }) => $case);
      assert.ok(kinds.lastIndexOf('heartbeat') > kinds.lastIndexOf('activities'));
    }));

  it('flush goes on over a lost connection', () =>
    withClient({}, async (scene) => {
      const { client } = scene;
      const { flushing, next } = await cutWhileFlushing(scene);
      await next.welcome();
      const again = await next.next('activities');
      assert.equal(again.sequence, 1n);
      next.tell(durable(1n));
      await flushing;
      await assert.rejects(client.flush({ signal: AbortSignal.abort() }), { code: 'CANCELLED' });
    }));

  it('does not send again what the next Welcome says is durable', () =>
    withClient({}, async (scene) => {
      const { client } = scene;
      const { flushing, next } = await cutWhileFlushing(scene);
      await next.welcome({ activitySequence: 1n });
      await flushing;
      client.report({ type: 'viewed', item: 'b' });
      assert.equal((await next.next('activities')).sequence, 2n);
      assert.equal(next.all('activities').length, 1);
    }));

  it('drops the activity that a batch is refused for, and sends the rest again', () =>
    withClient({}, async ({ client, session, heard }) => {
      for (const item of ['a', 'bad', 'c']) client.report({ type: 'viewed', item });
      await session.next('activities');
      client.report({ type: 'viewed', item: 'd' });
      await session.next('activities');
      session.tell(refusal(1n, 5, 'ITEM_UNKNOWN', 'activities[1].item'), refusal(2n, 9, 'SEQUENCE_GAP'));
      const first = await session.next('activities');
      assert.deepEqual([first.sequence, first.activities.map(({ item }) => item)], [1n, ['a', 'c']]);
      const second = await session.next('activities');
      assert.deepEqual([second.sequence, second.activities[0]?.item], [2n, 'd']);
      session.tell(durable(2n));
      await client.flush();
      assert.equal(client.stats.activitiesLost, 1);
      assert.ok(heard.some((event) => event.kind === 'refused' && event.error.code === 'ITEM_UNKNOWN'));
      assert.ok(heard.some((event) => event.kind === 'lost' && event.activities === 1));
    }));

  it('drops a batch that is refused as a whole, and numbers on without a gap', () =>
    withClient({}, async ({ client, session }) => {
      client.report({ type: 'viewed', item: 'a' });
      await session.next('activities');
      client.report({ type: 'viewed', item: 'b' });
      await session.next('activities');
      session.tell(refusal(1n, 3, 'FIELD_INVALID'), refusal(2n, 9, 'SEQUENCE_GAP'));
      const again = await session.next('activities');
      assert.deepEqual([again.sequence, again.activities[0]?.item], [1n, 'b']);
      session.tell(durable(1n));
      await client.flush();
    }));

  it('sends from the number on that the server expects', () =>
    withClient({}, async ({ client, server, session }) => {
      session.end();
      const next = await server.accept();
      await next.welcome({ activitySequence: 5n });
      client.report({ type: 'viewed', item: 'a' });
      assert.equal((await next.next('activities')).sequence, 6n);
      next.tell(refusal(6n, 9, 'SEQUENCE_GAP', undefined, { expected: '3' }));
      assert.equal((await next.next('activities')).sequence, 3n);
      next.tell(durable(3n));
      await client.flush();
    }));

  it('sends again what the server could not store', () =>
    withClient({}, async ({ client, session }) => {
      client.report({ type: 'viewed', item: 'a' });
      await session.next('activities');
      session.tell(refusal(1n, 14, 'STORE_UNAVAILABLE'));
      assert.equal((await session.next('activities')).sequence, 1n);
      session.tell(durable(1n));
      await client.flush();
      assert.equal(client.stats.activitiesLost, 0);
    }));

  it('keeps what was not sent for the next run, searches with the key of the last', () =>
    inFolder(async (folder) => {
      const server = await FakeServer.start();
      const buffer = { kind: 'directory', path: join(folder, 'device') } as const;
      const connecting = connectTo(server, { buffer });
      const session = await server.accept();
      await session.welcome();
      const first = await connecting;
      await session.acknowledged(1);
      session.echo = false;
      first.report({ type: 'viewed', item: 'a' });
      await session.next('activities');
      await first.close();
      const second = await connectTo(server, { buffer, startOffline: true });
      const next = await server.accept();
      second.report({ type: 'searched', query: 'plan' });
      await next.welcome({ activitySequence: 0n });
      assert.deepEqual((await next.next('activities')).activities[0]?.item, 'a');
      const searched = await next.next('activities');
      assert.deepEqual([searched.sequence, searched.activities[0]?.queryBuckets], [2n, [bucket('plan')]]);
      await second.close();
      server.stop();
    }));

  it('holds searches until the key is known', async () => {
    const server = await FakeServer.start();
    const client = await connectTo(server, { startOffline: true });
    client.report({ type: 'searched', query: 'plan', timeMs: 5 });
    client.report({ type: 'viewed', item: 'a', timeMs: 6 });
    const session = await server.accept();
    await session.welcome();
    const activities = await eventually(() => {
      const all = session.all('activities').flatMap((batch) => batch.activities);
      return all.length === 2 && all;
    }, 'both activities');
    assert.deepEqual(
      activities.flatMap(({ queryBuckets }) => queryBuckets),
      [bucket('plan')],
    );
    await client.close();
    server.stop();
  });
});

/** The connection is lost before a batch is acknowledged; `next` is the one that follows it. */
async function cutWhileFlushing({ client, server, session }: Scene) {
  client.report({ type: 'viewed', item: 'a' });
  const flushing = client.flush();
  await session.next('activities');
  session.end();
  return { flushing, next: await server.accept() };
}

function bucket(term: string): number {
  return createHmac('sha256', new Uint8Array(32).fill(7)).update(term).digest().readUInt32BE(0);
}

function refusal(
  activitySequence: bigint,
  code: number,
  reason: string,
  field?: string,
  metadata: Record<string, string> = {},
) {
  const info = {
    typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
    value: ErrorInfo.encode({ reason, domain: 'foresync', metadata }).finish(),
  };
  const violations = BadRequest.fromPartial({ fieldViolations: field === undefined ? [] : [{ field }] });
  const bad = {
    typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
    value: BadRequest.encode(violations).finish(),
  };
  const details: Any[] = [info, bad];
  return {
    $case: 'refusal' as const,
    value: { activitySequence, status: { code, message: 'refused', details } },
  };
}
