import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ConnectOptions, Foresync, ForesyncEvent, Transport } from '@foresync/client';
import { connect, ForesyncClientError } from '@foresync/client';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import type { Wire } from '../support/recorded-wire.js';
import { recorded } from '../support/recorded-wire.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

const PLAN = 'docs/plan.md';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const long = (line: string): string => `${'a line that stays as it is\n'.repeat(400)}${line}`;

/** SPEC §4 over real gRPC: a laptop and a phone of one user. */
describe('a laptop and a phone', function () {
  this.timeout(60_000);

  it('F1-F5: what the laptop edits, the phone holds before it opens it', async () => {
    const scene = await begin();
    try {
      const { world, laptop, phone, phoneWire } = scene;
      // F4: what was not pushed is requested, with the latest checkpoint (there is none).
      await laptop.write('notes', PLAN, bytesOf(long('first')));
      const first = await phone.open('notes', PLAN);
      assert.deepEqual([first.source, textOf(first.content)], ['network', long('first')]);
      phone.report({ type: 'viewed', item: PLAN });
      await phone.flush();

      // F2, F3: the laptop edits and reports; the server predicts and pushes.
      const edited = await laptop.write('notes', PLAN, bytesOf(long('second')), { ifMatch: 'current' });
      laptop.report({ type: 'edited', item: PLAN });
      await laptop.flush();
      await world.app.quiesce();
      assert.equal(phone.held('notes', PLAN)?.checkpoint.dataHash, edited.checkpoint.dataHash);
      const second = await phone.open('notes', PLAN);
      assert.deepEqual([second.source, second.waitMs, textOf(second.content)], ['buffer', 0, long('second')]);
      assert.ok(second.checkpoint.version > first.checkpoint.version);

      // F5: only what changed travelled, and the checkpoint carries what is known of the user.
      const pushes = phoneWire.down.flatMap(({ event }) => (event?.$case === 'push' ? [event.value] : []));
      const delta = pushes.find(({ checkpoint }) => checkpoint?.item === PLAN);
      assert.ok(delta !== undefined && delta.encodedBytes < 200n, `${delta?.encodedBytes} bytes`);
      assert.ok(delta.reasons.length > 0);
      assert.match(JSON.stringify(JSON.parse(second.checkpoint.userContext)), /docs\/plan\.md/);
      assert.ok(second.checkpoint.predictionScore > 0);
    } finally {
      await end(scene);
    }
  });

  it('F1: a phone that was away comes back with its checkpoint, and is told what changed', async () => {
    const scene = await begin();
    const folder = await scratchFolder();
    const buffer = { kind: 'directory', path: join(folder.path, 'tablet') } as const;
    try {
      const { world, laptop } = scene;
      for (const item of ['a', 'b', 'c']) await laptop.write('notes', item, bytesOf(`${item} 1`));
      const wire = recorded(world.port);
      const tablet = await deviceOf(world, 'tablet', { buffer, transport: wire.transport });
      for (const item of ['a', 'b', 'c']) await tablet.open('notes', item);
      await world.app.quiesce();
      await tablet.close();

      const changed = await laptop.write('notes', 'a', bytesOf('a 2'));
      await laptop.remove('notes', 'b');
      await world.app.quiesce();
      const again = await deviceOf(world, 'tablet', { buffer, transport: wire.transport });
      const hello = wire.hellos.at(-1);
      assert.ok(hello !== undefined && hello.resumeToken.length > 0);
      assert.equal(hello.digests[0]?.count, 3n);
      await until(() => again.held('notes', 'b') === undefined, 'the deleted item is dropped');
      await until(() => {
        const held = again.held('notes', 'a');
        return held?.stale === true || held?.checkpoint.dataHash === changed.checkpoint.dataHash;
      }, 'what the laptop changed is known to be old, or there');
      assert.equal(textOf((await again.open('notes', 'a')).content), 'a 2');
      const kept = await again.open('notes', 'c');
      assert.deepEqual([kept.source, kept.waitMs, textOf(kept.content)], ['buffer', 0, 'c 1']);
      await assert.rejects(again.open('notes', 'b'), { code: 'ITEM_UNKNOWN' });
      assert.deepEqual(
        wire.up.filter((event) => event.event?.$case === 'manifest'),
        [],
        'the digest was known',
      );
      await again.close();
      wire.transport.close();
    } finally {
      await end(scene);
      await folder.remove();
    }
  });

  it('tells the one who edits something old that it is', async () => {
    const scene = await begin();
    try {
      const { laptop, phone, world } = scene;
      await laptop.write('notes', PLAN, bytesOf('one'));
      await phone.open('notes', PLAN);
      phone.setBudget({ paused: true });
      await phone.flush();
      const theirs = await laptop.write('notes', PLAN, bytesOf('two'), { ifMatch: 'current' });
      await world.app.quiesce();
      await until(() => phone.held('notes', PLAN)?.stale === true, 'the phone knows that it is old');
      const thrown = await phone.write('notes', PLAN, bytesOf('mine'), { ifMatch: 'current' }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(thrown instanceof ForesyncClientError && thrown.code === 'CONFLICT');
      assert.equal(thrown.details.checkpoint?.dataHash, theirs.checkpoint.dataHash);
      assert.equal(textOf((await phone.open('notes', PLAN)).content), 'two');
      await phone.write('notes', PLAN, bytesOf('merged'), { ifMatch: 'current' });
      assert.equal(textOf((await laptop.get('notes', PLAN)).content), 'merged');
      await assert.rejects(laptop.remove('notes', PLAN, { ifMatch: theirs.checkpoint.dataHash }), {
        code: 'CONFLICT',
      });
    } finally {
      await end(scene);
    }
  });

  it('brings contents of many chunks, whole and by listing', async () => {
    const scene = await begin();
    try {
      const { laptop, phone } = scene;
      const big = new Uint8Array(3_000_001).map((_, index) => (index * 7 + (index >> 9)) % 256);
      await laptop.write('notes', 'big/one', big);
      await laptop.write('notes', 'big/empty', new Uint8Array(0));
      assert.deepEqual((await phone.open('notes', 'big/one')).content, big);
      assert.equal((await phone.open('notes', 'big/empty')).content.length, 0);
      const listed: string[] = [];
      for await (const { item } of phone.list('notes', { prefix: 'big/' })) listed.push(item);
      assert.deepEqual(listed, ['big/empty', 'big/one']);
      assert.equal((await phone.open('notes', 'big/one')).waitMs, 0);
    } finally {
      await end(scene);
    }
  });
});

interface Scene {
  readonly world: AppWorld;
  readonly laptop: Foresync;
  readonly phone: Foresync;
  readonly phoneWire: Wire;
  readonly heard: ForesyncEvent[];
}

async function begin(): Promise<Scene> {
  const world = await appWorld({ push: { policy: 'recent', mode: 'threshold', threshold: 0 } });
  const laptop = await deviceOf(world, 'laptop');
  const phoneWire = recorded(world.port);
  const phone = await deviceOf(world, 'phone', { transport: phoneWire.transport });
  const heard: ForesyncEvent[] = [];
  void (async () => {
    for await (const event of phone.events()) heard.push(event);
  })();
  return { world, laptop, phone, phoneWire, heard };
}

async function end({ world, laptop, phone, phoneWire, heard }: Scene): Promise<void> {
  await laptop.close();
  await phone.close();
  phoneWire.transport.close();
  await world.stop();
  const troubles = heard.filter(({ kind }) =>
    ['rejected', 'refused', 'lost', 'storage', 'overflow'].includes(kind),
  );
  assert.deepEqual(troubles, []);
}

type DeviceOptions = Pick<ConnectOptions, 'buffer'> & { readonly transport?: Transport };

async function deviceOf(
  world: AppWorld,
  device: string,
  { buffer, transport }: DeviceOptions = {},
): Promise<Foresync> {
  const common = { token: await world.tokens.token({ device }), spaces: ['notes'], buffer, batchWindowMs: 5 };
  return connect(
    transport === undefined
      ? { ...common, endpoint: `http://127.0.0.1:${world.port}` }
      : { ...common, transport },
  );
}
