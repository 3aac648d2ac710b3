import assert from 'node:assert/strict';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForesyncEvent } from '../src/events.js';
import { fromHex } from '../src/hex.js';
import { bytesOf, checkpointFor, hashOf, textOf } from './support/checkpoints.js';
import { FakeServer } from './support/fake-server.js';
import type { FakeSession } from './support/fake-session.js';
import { inFolder } from './support/folder.js';
import { invalidation } from './support/server-events.js';
import { connectTo, eventually, listen, withClient } from './support/with-client.js';

const RESUME = 1;
const SEND_MANIFEST = 2;
const ANEW = 3;
const WIPE = 4;

const position = { $case: 'position' as const, value: { positions: [], resumeToken: bytesOf('the token') } };

describe('what a device holds, at Hello', () => {
  it('is told in parts when the server asks for it, before anything else is', () =>
    withClient({}, async ({ client, server, session }) => {
      await pushMany(session, 2500);
      session.end();
      const next = await server.accept();
      await next.welcome({ verdicts: [{ space: 's', verdict: SEND_MANIFEST }] });
      await eventually(() => client.state === 'live', 'live');
      const parts = next.all('manifest');
      assert.deepEqual(
        parts.map(({ entries, last }) => [entries.length, last]),
        [
          [2048, false],
          [452, true],
        ],
      );
      const items = new Set(parts.flatMap(({ entries }) => entries.map(({ item }) => item)));
      assert.equal(items.size, 2500);
      const kinds = next.events.map(({ $case }) => $case);
      assert.ok(!kinds.includes('ack') || kinds.indexOf('ack') > kinds.lastIndexOf('manifest'));
      assert.ok(kinds.indexOf('heartbeat') > kinds.lastIndexOf('manifest'));
    }));

  it('is told as it was when Hello announced it, and what happened since after that', () =>
    withClient({ script: { delete: () => ({ position: undefined, durability: 1 }) } }, async (scene) => {
      const { client, server, session } = scene;
      await pushMany(session, 2);
      session.end();
      const next = await server.accept();
      await next.until(() => next.all('hello')[0], 'hello');
      await client.remove('s', 'item 0');
      await next.welcome({ verdicts: [{ space: 's', verdict: SEND_MANIFEST }] });
      const manifest = await next.next('manifest');
      assert.deepEqual([manifest.entries.length, manifest.last], [2, true]);
      const evicted = await eventually(() => next.all('ack').flatMap((ack) => ack.evicted)[0], 'evicted');
      assert.equal(evicted.item, 'item 0');
      const kinds = next.events.map(({ $case }) => $case);
      assert.ok(kinds.indexOf('ack') > kinds.indexOf('manifest'));
    }));

  it('is told without versions when the log begins anew', () =>
    withClient({}, async ({ client, server, session }) => {
      const content = bytesOf('content');
      session.push(checkpointFor('a', content, { version: 900 }), content);
      await session.acknowledged(session.tell(position));
      session.end();
      const next = await server.accept();
      await next.welcome({ verdicts: [{ space: 's', verdict: ANEW }] });
      assert.equal((await next.next('manifest')).entries.length, 1);
      await eventually(() => client.state === 'live', 'live');
      assert.equal(client.held('s', 'a')?.checkpoint.version, 0);
      await next.acknowledged(next.tell(invalidation('a', 3n, fromHex(hashOf(bytesOf('newer'))))));
      assert.equal(client.held('s', 'a')?.stale, true);
      next.end();
      assert.equal((await (await server.accept()).welcome()).resumeToken.length, 0);
    }));

  it('is dropped, and what was not sent with it, when the user is forgotten', () =>
    withClient({ spaces: ['s', 't'] }, async ({ client, server, session }) => {
      const content = bytesOf('content');
      session.push(checkpointFor('a', content), content);
      session.push(checkpointFor('b', content, { space: 't' }), content);
      await session.acknowledged(session.tell(position));
      client.report({ type: 'viewed', space: 's', item: 'a' });
      client.report({ type: 'viewed', space: 't', item: 'b' });
      await session.next('activities');
      await session.next('activities');
      session.end();
      const next = await server.accept();
      await next.welcome({
        verdicts: [
          { space: 's', verdict: WIPE },
          { space: 't', verdict: RESUME },
        ],
      });
      const batch = await next.next('activities');
      assert.deepEqual([batch.sequence, batch.space], [1n, 't']);
      assert.deepEqual(client.stats.held, { items: 1, bytes: content.length });
      assert.deepEqual((await next.next('manifest')).entries, []);
      assert.deepEqual(
        next.all('ack').flatMap(({ evicted }) => evicted),
        [],
      );
    }));

  it('does not name what is held of spaces that are not followed any more', () =>
    inFolder(async (folder) => {
      const server = await FakeServer.start();
      const buffer = { kind: 'directory', path: join(folder, 'device'), capacityBytes: 20 } as const;
      const content = bytesOf('twelve bytes');
      const both = connectTo(server, { spaces: ['s', 't'], buffer });
      const first = await server.accept();
      await first.welcome();
      await first.acknowledged(first.push(checkpointFor('a', content, { space: 't' }), content));
      await (await both).close();
      const one = connectTo(server, { spaces: ['s'], buffer });
      const second = await server.accept();
      const hello = await second.welcome();
      assert.deepEqual(
        hello.digests.map(({ space, count }) => [space, count]),
        [['s', 0n]],
      );
      const client = await one;
      await second.acknowledged(second.push(checkpointFor('b', content), content));
      assert.equal(client.held('t', 'a'), undefined, 'it went for room');
      await client.flush();
      assert.deepEqual(
        second.all('ack').flatMap(({ evicted }) => evicted),
        [],
      );
      await client.close();
      server.stop();
    }));
});

describe('a client that starts again on its directory', () => {
  it('has what it had, resumes where it was, and opens it without a wait', () =>
    inFolder(async (folder) => {
      const server = await FakeServer.start();
      const buffer = { kind: 'directory', path: join(folder, 'device') } as const;
      const content = bytesOf('content');
      const first = connectTo(server, { buffer });
      const before = await server.accept();
      await before.welcome();
      before.push(checkpointFor('a', content), content);
      await before.acknowledged(before.tell(position));
      await assert.rejects(connectTo(server, { buffer }), { code: 'BUFFER_IN_USE' });
      await (await first).close();
      const again = connectTo(server, { buffer });
      const after = await server.accept();
      const hello = await after.welcome();
      assert.equal(textOf(hello.resumeToken), 'the token');
      assert.equal(hello.digests[0]?.count, 1n);
      const client = await again;
      const opened = await client.open('s', 'a');
      assert.deepEqual([opened.source, opened.waitMs, textOf(opened.content)], ['buffer', 0, 'content']);
      await client.close();
      server.stop();
    }));

  it('shows what it had before it is connected', () =>
    inFolder(async (folder) => {
      const server = await FakeServer.start();
      const buffer = { kind: 'directory', path: join(folder, 'device'), surviving: 'process' } as const;
      const content = bytesOf('content');
      const first = connectTo(server, { buffer });
      const session = await server.accept();
      await session.welcome();
      await session.acknowledged(session.push(checkpointFor('a', content), content));
      await (await first).close();
      server.stop();
      const client = await connectTo(server, { buffer, startOffline: true });
      const opened = await client.open('s', 'a');
      assert.equal(textOf(opened.content), 'content');
      assert.ok((opened.ageMs ?? -1) >= 0);
      await client.close();
    }));
});

describe('a client that cannot store', () => {
  it('does not acknowledge, says so, shows what it has in memory, and closes nevertheless', () =>
    inFolder(async (folder) => {
      const obstacle = join(folder, 'file');
      await writeFile(obstacle, 'where the directory should be');
      const buffer = { kind: 'directory', path: join(folder, 'device') } as const;
      const server = await FakeServer.start();
      const connecting = connectTo(server, { buffer });
      const session = await server.accept();
      await session.welcome();
      const client = await connecting;
      const heard: ForesyncEvent[] = [];
      void listen(client, heard);
      await session.acknowledged(1);
      await rm(join(folder, 'device'), { recursive: true });
      await symlink(obstacle, join(folder, 'device'));
      const content = bytesOf('content');
      const delivery = session.push(checkpointFor('a', content), content);
      await eventually(() => heard.find(({ kind }) => kind === 'storage'), 'a storage event');
      assert.equal(textOf((await client.open('s', 'a')).content), 'content');
      await assert.rejects(client.close(), { code: 'STORAGE_FAILED', message: /ENOTDIR|EEXIST|ENOENT/ });
      assert.ok(session.all('ack').every((ack) => ack.delivery < BigInt(delivery)));
      server.stop();
    }));
});

async function pushMany(session: FakeSession, count: number): Promise<void> {
  const content = bytesOf('the same');
  let delivery = 0;
  for (let item = 0; item < count; item++)
    delivery = session.push(checkpointFor(`item ${item}`, content), content);
  await session.acknowledged(delivery);
}
