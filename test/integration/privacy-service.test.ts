import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { status } from '@grpc/grpc-js';
import { ExportRequest, ForgetRequest, PrivacyServiceDefinition } from '@foresync/protocol';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller, callFailure } from '../support/calls.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const { methods } = PrivacyServiceDefinition;
const ITEMS = ['docs/plan.md', 'docs/budget.md', 'docs/notes.md'];

const heldBy = (client: Foresync): number =>
  ITEMS.filter((item) => client.held('notes', item) !== undefined).length;

describe('PrivacyService over gRPC', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let world: AppWorld;
  const tokens = new TokenMaker();
  const callers: Caller[] = [];
  const clients: Foresync[] = [];

  const start = (): Promise<AppWorld> => {
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, Buffer.alloc(32, 7).toString('base64url'), { mode: 0o600 });
    const store = { url: `lmdb:${join(folder.path, 'store')}` };
    return appWorld({ auth: { serverKeyFile }, store }, {}, tokens);
  };
  const caller = async (options: Parameters<TokenMaker['token']>[0]): Promise<Caller> => {
    const made = new Caller(world.port, PrivacyServiceDefinition, await tokens.token(options));
    callers.push(made);
    return made;
  };
  const device = async (user: string, name: string, startOffline = false): Promise<Foresync> => {
    const client = await connect({
      endpoint: `http://127.0.0.1:${world.port}`,
      token: await tokens.token({ user, device: name }),
      spaces: ['notes'],
      buffer: { kind: 'directory', path: join(folder.path, `${user}-${name}`) },
      startOffline,
    });
    clients.push(client);
    return client;
  };
  /** Writes, opens and reports everything. */
  const work = async (client: Foresync): Promise<void> => {
    for (const item of ITEMS) {
      await client.write('notes', item, new TextEncoder().encode(`content of ${item}`));
      await client.open('notes', item);
      client.report({ type: 'viewed', space: 'notes', item });
    }
    await client.flush();
    await world.app.quiesce();
  };
  const exportOf = async (
    by: Caller,
    user = '',
  ): Promise<{ kind: string; value: Record<string, unknown> }[]> => {
    const found: { kind: string; value: Record<string, unknown> }[] = [];
    for await (const { kind, json } of by.download(methods.export, ExportRequest.create({ user })))
      found.push({ kind, value: JSON.parse(json) as Record<string, unknown> });
    return found;
  };

  beforeEach(async () => {
    folder = await scratchFolder();
    world = await start();
  });
  afterEach(async () => {
    for (const one of callers.splice(0)) one.close();
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await world.stop();
    await folder.remove();
  });

  it('exports everything that is kept of a user, as small records of JSON', async () => {
    const laptop = await device('ann', 'laptop');
    await work(laptop);
    await laptop.close();
    await until(() => world.app.sessions === 0, 'what it learned is written');
    const found = await exportOf(await caller({ user: 'ann', device: 'phone' }));
    const of = (kind: string) => found.filter((one) => one.kind === kind).map(({ value }) => value);
    assert.deepEqual(
      of('activity').map(({ item }) => item),
      ITEMS,
    );
    assert.deepEqual(
      of('fed').map(({ item }) => item),
      ITEMS,
    );
    assert.deepEqual(
      of('held')
        .map(({ item }) => item)
        .sort(),
      [...ITEMS].sort(),
    );
    assert.deepEqual(
      of('context-item')
        .map(({ item }) => item)
        .sort(),
      [...ITEMS].sort(),
    );
    assert.equal(of('sequence')[0]?.['device'], 'laptop');
    assert.deepEqual(await exportOf(await caller({ user: 'ben' })), []);
  });

  it('is for the user themself, and for backends that it was granted to', async () => {
    const refused = async (options: Parameters<TokenMaker['token']>[0], user: string) => {
      const by = await caller(options);
      const failures = [
        await callFailure(() => by.unary(methods.forget, ForgetRequest.create({ user }))),
        await callFailure(() => exportOf(by, user)),
      ];
      return failures.map(({ status: code, code: reason }) => [code, reason]);
    };
    const forbidden = [status.PERMISSION_DENIED, 'PRIVACY_FORBIDDEN'];
    assert.deepEqual(await refused({ user: 'ben' }, 'ann'), [forbidden, forbidden]);
    assert.deepEqual(await refused({ user: 'ben', claims: { privacy: true } }, 'ann'), [
      forbidden,
      forbidden,
    ]);
    assert.deepEqual(await refused({ user: 'b', device: null }, 'ann'), [forbidden, forbidden]);
    const wrong = [status.INVALID_ARGUMENT, 'FIELD_INVALID'];
    assert.deepEqual(await refused({ user: 'ben' }, 'x'.repeat(513)), [wrong, wrong]);
    const malformed = [status.UNAUTHENTICATED, 'UNAUTHENTICATED'];
    assert.deepEqual(await refused({ device: null, claims: { privacy: 1 } }, 'ann'), [malformed, malformed]);
    const granted = await caller({ user: 'b', device: null, claims: { privacy: true } });
    assert.deepEqual(await exportOf(granted, 'ann'), []);
    assert.equal((await granted.unary(methods.forget, ForgetRequest.create({ user: 'ann' }))).removed, 0n);
    const own = await caller({ user: 'ann' });
    assert.equal((await own.unary(methods.forget, ForgetRequest.create({ user: 'ann' }))).removed, 0n);
  });

  it('forgets a user who is there: the session ends, the device drops everything, nothing comes back', async () => {
    const [laptop, other] = [await device('ann', 'laptop'), await device('ben', 'laptop')];
    await work(laptop);
    await work(other);
    const by = await caller({ user: 'ann' });
    const { removed } = await by.unary(methods.forget, ForgetRequest.create({}));
    assert.ok(removed >= 4n, `${removed} records`);
    await until(() => heldBy(laptop) === 0, 'the device holds nothing');
    assert.deepEqual(await exportOf(by), []);
    assert.equal(heldBy(other), ITEMS.length);
    assert.ok((await exportOf(await caller({ user: 'ben' }))).length > 0);
    await assert.rejects(laptop.flush(), { code: 'FORGOTTEN' });
    await laptop.close();
    assert.deepEqual(await exportOf(by), []);
    const again = await device('ann', 'laptop');
    await work(again);
    assert.ok((await exportOf(by)).length > 0);
    await Promise.all([again.close(), other.close()]);
  });

  it('tells a device that was away to wipe, also after a restart; what it had not sent is not sent', async () => {
    const phone = await device('ann', 'phone');
    await work(phone);
    await phone.close();
    const by = await caller({ user: 'ann' });
    await by.unary(methods.forget, ForgetRequest.create({}));
    await world.stop();
    world = await start();
    const offline = await device('ann', 'phone', true);
    assert.equal(heldBy(offline), ITEMS.length, 'it does not know yet');
    offline.report({ type: 'viewed', space: 'notes', item: ITEMS[0] ?? '' });
    await until(() => heldBy(offline) === 0, 'it has wiped');
    await offline.flush();
    const now = await caller({ user: 'ann' });
    const kinds = new Set((await exportOf(now)).map(({ kind }) => kind));
    assert.deepEqual([kinds.has('activity'), kinds.has('held')], [false, false]);
    // From here on it is a device like any other.
    await work(offline);
    assert.ok((await exportOf(now)).some(({ kind }) => kind === 'activity'));
    await offline.close();
    const again = await device('ann', 'phone');
    assert.equal(heldBy(again), ITEMS.length, 'it is not told twice');
    await again.close();
  });
});
