import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import { deviceId, sessionId, spaceId } from '../../../src/domain/ids.js';
import { turnOfTheLoop } from '../../support/manual-timer.js';
import type { NodeOptions, TestNode } from '../../support/session-node.js';
import { identity, SPACE, testNode } from '../../support/session-node.js';
import { SimDevice } from '../../support/sim-device.js';

const BROKEN = new ForesyncError('INTERNAL', 'the connection broke');
const isCode =
  (code: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof ForesyncError && thrown.code === code;

async function node(options: NodeOptions = {}): Promise<TestNode> {
  const made = testNode(options);
  await made.store.spaces.ensure(SPACE, 2);
  return made;
}

const phone = (user = 'ann'): SimDevice => new SimDevice(identity(user, 'phone'));
const verdicts = (device: SimDevice): string[] => device.welcome.verdicts.map(({ verdict }) => verdict);

describe('session/gate', () => {
  it('refuses spaces that are not granted, and then those that do not exist', async () => {
    const { gate } = await node();
    const other = spaceId('other');
    const stranger = new SimDevice(identity('ann', 'phone', [SPACE]), null, [other]);
    await assert.rejects(stranger.connect(gate), isCode('SPACE_FORBIDDEN'));
    const granted = new SimDevice(identity('ann', 'phone', [other]), null, [other]);
    await assert.rejects(granted.connect(gate), isCode('SPACE_UNKNOWN'));
    assert.equal(gate.sessions, 0);
    await gate.shutDown();
  });

  it('takes no more sessions than it may, and says when to come back', async () => {
    const { gate } = await node({ settings: { maxSessions: 1 } });
    await phone().connect(gate);
    const refused = phone('bob').connect(gate);
    await assert.rejects(
      refused,
      (thrown: unknown) =>
        isCode('OVERLOADED')(thrown) && ((thrown as ForesyncError).details.retryAfterMs ?? 0) > 0,
    );
    await gate.shutDown();
  });

  it('refuses a resume token of another device, and leaves that one alone', async () => {
    const { gate } = await node();
    const own = phone();
    await own.connect(gate);
    await gate.idle();
    const thief = phone('bob');
    thief.token = own.token;
    await assert.rejects(thief.connect(gate), isCode('RESUME_TOKEN_FOREIGN'));
    assert.equal(own.ended, null);
    await gate.shutDown();
  });

  it('lets a device take over from itself, with all that the first session learned', async () => {
    const made = await node();
    const { gate } = made;
    await made.put('a', 'one');
    const first = phone();
    await first.connect(gate);
    await first.open('a');
    await gate.idle();
    const second = phone();
    for (const [key, kept] of first.kept) second.kept.set(key, kept);
    second.token = first.token;
    await second.connect(gate);
    await first.over();
    await gate.idle();
    assert.equal(first.ended, 'taken-over');
    assert.deepEqual(verdicts(second), ['resume']);
    assert.equal(gate.sessions, 1);
    await gate.shutDown();
  });

  it('of two sessions that open at once for one device keeps one', async () => {
    const { gate } = await node();
    const [one, other] = [phone(), phone()];
    await Promise.all([one.connect(gate), other.connect(gate)]);
    await turnOfTheLoop(5);
    assert.deepEqual([one.ended, other.ended].filter((ended) => ended === null).length, 1);
    await gate.shutDown();
  });

  it('finds a session for its own device alone', async () => {
    const { gate } = await node();
    const own = phone();
    const session = await own.connect(gate);
    assert.equal(gate.find(own.identity, session.id), session);
    assert.equal(gate.find(identity('bob', 'phone'), session.id), undefined);
    assert.equal(gate.find({ ...own.identity, device: deviceId('laptop') }, session.id), undefined);
    assert.equal(gate.find(own.identity, sessionId('none')), undefined);
    await gate.shutDown();
  });

  it('resumes what it knows, asks for what it does not, and starts anew where the log is gone', async () => {
    const made = await node({ limits: { logRetention: 2 } });
    const { gate, store } = made;
    await made.put('a', 'one');
    const device = phone();
    await device.connect(gate);
    assert.deepEqual((await device.open('a')).zeroWait, false);
    await gate.idle();
    await device.leave();

    await device.connect(gate);
    await gate.idle();
    assert.deepEqual(verdicts(device), ['resume']);
    await device.leave();

    await store.users.replaceManifest(device.identity.user, device.identity.device, SPACE, []);
    await device.connect(gate);
    await gate.idle();
    assert.deepEqual(verdicts(device), ['send-manifest']);
    await device.leave();

    for (let version = 0; version < 8; version++) await made.put('a', `later ${version}`);
    await device.connect(gate);
    await gate.idle();
    assert.deepEqual(verdicts(device), ['anew']);
    assert.equal(device.current('a'), null, 'what was held is known to be old');
    await gate.shutDown();
  });

  it('tells a device to wipe whose user was forgotten, once', async () => {
    const made = await node();
    const { gate } = made;
    await made.put('a', 'one');
    const device = phone();
    const { user } = device.identity;
    const visit = async (): Promise<readonly string[]> => {
      await device.connect(gate);
      await gate.idle();
      return verdicts(device);
    };
    await visit();
    await device.open('a');
    await gate.idle();
    await device.leave();
    await visit();
    assert.ok((await gate.forget(user)) > 0);
    for (let turn = 0; turn < 50 && device.ended === null; turn++) await turnOfTheLoop();
    assert.equal(device.ended, 'forgotten');
    assert.deepEqual(await visit(), ['wipe']);
    assert.equal(device.kept.size, 0);
    await device.leave();
    assert.deepEqual(await visit(), ['resume']);
    await gate.shutDown();
  });

  it('ends a device whose digest is never that of its manifest, the third time in a row', async () => {
    const made = await node();
    const { gate } = made;
    await made.put('a', 'one');
    const liar = phone();
    await liar.connect(gate);
    await liar.open('a');
    await gate.idle();
    const honest = liar.hello.bind(liar);
    liar.hello = () => {
      const digests = new Map([[SPACE, { digest: new Uint8Array(32).fill(1), count: 1 }]]);
      return { ...honest(), digests };
    };
    for (const expected of [null, null, 'FIELD_INVALID']) {
      liar.crash(BROKEN);
      await liar.connect(gate);
      await turnOfTheLoop(10);
      assert.equal(liar.ended, expected);
    }
    await gate.shutDown();
  });

  it('opens a space for visitors, no more of them at a time than sessions may open', async () => {
    const { gate, store } = await node({ settings: { maxOpening: 1 } });
    const meta = (await store.spaces.meta(SPACE)) ?? assert.fail('no space');
    let leave: () => void = () => undefined;
    const staying = gate.visit(meta, async ({ space }) => {
      await new Promise<void>((resolve) => (leave = resolve));
      return space;
    });
    await assert.rejects(
      gate.visit(meta, () => Promise.resolve()),
      isCode('OVERLOADED'),
    );
    await turnOfTheLoop(10);
    leave();
    assert.equal(await staying, SPACE);
    await assert.rejects(
      gate.visit(meta, () => Promise.reject(BROKEN)),
      isCode('INTERNAL'),
    );
    assert.equal(await gate.visit(meta, ({ space }) => Promise.resolve(space)), SPACE);
    await gate.shutDown();
    await assert.rejects(
      gate.visit(meta, () => Promise.resolve()),
      isCode('SHUTTING_DOWN'),
    );
  });

  it('says goodbye to everybody when it shuts down, and takes nobody any more', async () => {
    const { gate } = await node();
    const devices = [phone('ann'), phone('bob')];
    for (const device of devices) await device.connect(gate);
    await gate.shutDown();
    assert.deepEqual(
      devices.map(({ ended }) => ended),
      ['shutdown', 'shutdown'],
    );
    assert.equal(gate.sessions, 0);
    await assert.rejects(phone().connect(gate), isCode('SHUTTING_DOWN'));
  });
});
