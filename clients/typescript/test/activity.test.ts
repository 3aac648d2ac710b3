import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { SyncRequest } from '@foresync/protocol';
import type { Activity } from '../src/activity.js';
import { FakeServer } from './support/fake-server.js';
import type { FakeSession } from './support/fake-session.js';
import { connectTo, eventually, withClient } from './support/with-client.js';

const durable = (sequence: bigint) => ({
  $case: 'activityAck' as const,
  value: { sequence, durability: 1 as const },
});

describe('reporting', () => {
  it('batches what comes within a window, in order of time, and numbers it', () =>
    withClient({}, async ({ client, session, heard }) => {
      client.report({ type: 'viewed', item: 'b', timeMs: 2000 });
      client.report({ type: 'edited', space: 's', item: 'a', timeMs: 1000 });
      const batch = await session.next('activities');
      assert.deepEqual([batch.sequence, batch.space], [1n, 's']);
      assert.deepEqual(
        batch.activities.map(({ type, item, timeMs }) => [type, item, timeMs]),
        [
          [2, 'a', 1000n],
          [1, 'b', 2000n],
        ],
      );
      client.report({ type: 'created', item: 'c' });
      const next = await session.next('activities');
      assert.equal(next.sequence, 2n);
      session.tell(durable(2n));
      await eventually(() => heard.find(({ kind }) => kind === 'durable'), 'durable');
    }));

  it('sends keyed hashes of the terms of a query, and nothing else of it', () =>
    withClient({}, async ({ client, session }) => {
      client.report({ type: 'searched', query: 'Straße  ﬁnance, STRASSE finance!', timeMs: 1 });
      const { activities } = await session.next('activities');
      const expected = ['straße', 'finance', 'strasse'].map(bucket);
      assert.deepEqual(activities[0]?.queryBuckets, expected);
      const wire = wireText(session);
      for (const term of ['stra', 'fina', 'Stra']) assert.ok(!wire.includes(term));
    }));

  it('has no way to send more than the allowed fields', () =>
    withClient({ locationPermitted: false }, async ({ client, session }) => {
      const secret = { name: 'my secret', __proto__: { more: 'my secret' }, toJSON: () => 'my secret' };
      const location = { latitude: 52.52, longitude: 13.405 };
      client.report({ type: 'viewed', item: 'a', ...secret, location });
      const { activities } = await session.next('activities');
      assert.equal(activities[0]?.locationCell, '');
      assert.ok(!wireText(session).includes('secret'));
    }));

  it('sends a coarse cell of where it was, if that is permitted', () =>
    withClient({ locationPermitted: true }, async ({ client, session }) => {
      assert.equal(session.all('hello')[0]?.locationPermitted, true);
      client.report({ type: 'viewed', item: 'a', location: { latitude: 52.52, longitude: 13.405 } });
      const { activities } = await session.next('activities');
      assert.equal(activities[0]?.locationCell, 'u33d');
    }));

  it('corrects times that it takes itself by how far its clock is off', async () => {
    const server = await FakeServer.start();
    const connecting = connectTo(server, { now: () => 1_000_000 });
    const session = await server.accept();
    await session.welcome({ serverTimeMs: 5_000_000n });
    const client = await connecting;
    client.report({ type: 'viewed', item: 'a' });
    client.report({ type: 'viewed', item: 'b', timeMs: 7 });
    const { activities } = await session.next('activities');
    assert.deepEqual(
      activities.map(({ timeMs }) => timeMs),
      [7n, 5_000_000n],
    );
    await client.close();
    server.stop();
  });

  it('refuses what cannot be, by field', () =>
    withClient({ locationPermitted: true }, async ({ client, session }) => {
      const cases: [unknown, string][] = [
        [{ type: 'stolen', item: 'a' }, 'type'],
        [{ type: 'viewed', item: '' }, 'item'],
        [{ type: 'viewed', item: 'a', space: 'other' }, 'space'],
        [{ type: 'viewed', item: 'a', timeMs: -1 }, 'timeMs'],
        [{ type: 'viewed', item: 'a', timeMs: Number.NaN }, 'timeMs'],
        [{ type: 'viewed', item: 'a', location: { latitude: 91, longitude: 0 } }, 'location.latitude'],
        [
          { type: 'viewed', item: 'a', location: { latitude: 0, longitude: Number.NaN } },
          'location.longitude',
        ],
        [{ type: 'searched', query: 7 }, 'query'],
        [{ type: 'searched', query: 'x'.repeat(5000) }, 'query'],
      ];
      for (const [activity, field] of cases) {
        assert.throws(
          () => client.report(activity as Activity),
          (error: Error) => {
            return 'code' in error && error.code === 'FIELD_INVALID' && error.message.includes(`] ${field}`);
          },
        );
      }
      await client.flush();
      assert.deepEqual(session.all('activities'), []);
    }));

  it('fills batches, and starts another when one is full', () =>
    withClient({ batchWindowMs: 60_000 }, async ({ client, session }) => {
      for (let count = 0; count < 300; count++) client.report({ type: 'viewed', item: `item ${count}` });
      assert.equal((await session.next('activities')).activities.length, 256);
      for (let count = 0; count < 140; count++)
        client.report({ type: 'viewed', item: `${count} ${'x'.repeat(500)}` });
      const next = await session.next('activities');
      assert.ok(next.activities.length < 184 && next.activities.length > 100, `${next.activities.length}`);
    }));
});

/** Everything that the client sent, as it went over the wire. */
function wireText(session: FakeSession): string {
  const events = session.events.map((event) => ({ event }));
  return Buffer.from(SyncRequest.encode({ events }).finish()).toString('latin1');
}

function bucket(term: string): number {
  return createHmac('sha256', new Uint8Array(32).fill(7)).update(term).digest().readUInt32BE(0);
}
