import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import { itemId, spaceId } from '../../../src/domain/ids.js';
import type { ServerEvent } from '../../../src/domain/session-port.js';
import { turnOfTheLoop } from '../../support/manual-timer.js';
import type { NodeOptions, TestNode } from '../../support/session-node.js';
import { identity, PUSH_ALL, SPACE, testNode } from '../../support/session-node.js';
import { SimDevice } from '../../support/sim-device.js';

const NONE = { ...PUSH_ALL, plans: 'never' as const };

async function node(options: NodeOptions = {}): Promise<TestNode> {
  const made = testNode(options);
  await made.store.spaces.ensure(SPACE, 2);
  return made;
}

async function connected(made: TestNode, name = 'phone', user = 'ann'): Promise<SimDevice> {
  const device = new SimDevice(identity(user, name));
  await device.connect(made.gate);
  await made.gate.idle();
  return device;
}

const kinds = (device: SimDevice): string[] => device.events.map(({ kind }) => kind);
const of = <K extends ServerEvent['kind']>(device: SimDevice, kind: K): Extract<ServerEvent, { kind: K }>[] =>
  device.events.filter((event): event is Extract<ServerEvent, { kind: K }> => event.kind === kind);
const refusals = (device: SimDevice): string[] => of(device, 'refusal').map(({ error }) => error.code);

describe('session: requests', () => {
  it('are answered with what is current, and not with what the device holds already', async () => {
    const made = await node({ policy: NONE });
    await made.put('a', 'one');
    const phone = await connected(made);
    assert.deepEqual(await phone.open('a'), { text: 'one', zeroWait: false });
    assert.deepEqual(await phone.open('a'), { text: 'one', zeroWait: true });
    await phone.say({
      kind: 'request',
      request: {
        requestId: 99,
        space: SPACE,
        item: itemId('a'),
        latest: { ...(phone.get('a') ?? assert.fail()), timestampMs: 0 },
      },
    });
    await made.gate.idle();
    assert.equal(of(phone, 'answer').at(-1)?.answer.kind, 'not-modified');
    await made.gate.shutDown();
  });

  it('of unknown items and of spaces that are not followed get an error for an answer', async () => {
    const made = await node();
    const phone = await connected(made);
    const unknown = (thrown: unknown): boolean =>
      thrown instanceof ForesyncError && thrown.code === 'ITEM_UNKNOWN';
    await assert.rejects(phone.open('nothing'), unknown);
    const forbidden = (thrown: unknown): boolean =>
      thrown instanceof ForesyncError && thrown.code === 'SPACE_FORBIDDEN';
    await assert.rejects(phone.open('a', spaceId('other')), forbidden);
    assert.equal(phone.ended, null);
    await made.gate.shutDown();
  });

  it('get a large content in chunks, and small things are not held up by it', async () => {
    const made = await node({ policy: NONE });
    const large = 'x'.repeat(600 * 1024);
    await made.put('large', large);
    await made.put('small', 'small');
    const phone = await connected(made);
    const [first, second] = await Promise.all([phone.open('large'), phone.open('small')]);
    assert.equal(first.text, large);
    assert.equal(second.text, 'small');
    const order = kinds(phone);
    assert.ok(
      order.lastIndexOf('answer') < order.lastIndexOf('chunk'),
      'the small answer came before the last chunk',
    );
    assert.equal(of(phone, 'chunk').length, 3);
    await made.gate.shutDown();
  });

  it('bring a small change of a large content as a delta', async () => {
    const made = await node({ policy: NONE });
    const text = Array.from({ length: 4000 }, (_, line) => `line ${line}\n`).join('');
    await made.put('a', text);
    const phone = await connected(made);
    await phone.open('a');
    await made.put('a', `${text}one more\n`);
    await made.gate.idle();
    assert.equal(phone.get('a')?.old, true);
    assert.equal((await phone.open('a')).text, `${text}one more\n`);
    const answer = of(phone, 'answer').at(-1)?.answer;
    assert.ok(answer?.kind === 'found' && answer.push.body.kind === 'inline');
    assert.ok(answer.push.body.base !== null && answer.push.body.bytes.length < 200);
    await made.gate.shutDown();
  });
});

describe('session: pushes', () => {
  it('bring the parts before the item, to all devices of the user, and nothing twice', async () => {
    const made = await node();
    await made.put('doc.png', 'picture');
    await made.put('doc', 'text', { edges: [{ item: itemId('doc.png'), kind: 'part' }] });
    await made.put('a', 'one');
    const phone = await connected(made);
    const laptop = await connected(made, 'laptop');
    await phone.view('a');
    await phone.view('a');
    await made.gate.idle();
    const pushed = of(laptop, 'push').map(({ push }) => push.checkpoint.item as string);
    assert.deepEqual([...pushed].sort(), ['a', 'doc', 'doc.png']);
    assert.ok(pushed.indexOf('doc.png') < pushed.indexOf('doc'));
    await phone.view('a');
    await made.gate.idle();
    assert.equal(of(laptop, 'push').length, 3);
    await made.gate.shutDown();
  });

  it('carry the checkpoint: score, context, and the hashes of what the item depends on', async () => {
    const made = await node();
    const picture = await made.put('doc.png', 'picture');
    await made.put('doc', 'text', { edges: [{ item: itemId('doc.png'), kind: 'part' }] });
    const phone = await connected(made);
    await phone.view('doc.png');
    await phone.view('doc.png');
    await made.gate.idle();
    const push =
      of(phone, 'push').find((event) => event.push.checkpoint.item === 'doc')?.push ?? assert.fail();
    assert.deepEqual(push.checkpoint.dependencyHashes, [picture.dataHash]);
    assert.ok(Math.abs(push.checkpoint.predictionScore - 0.9) < 1e-6);
    assert.match(push.checkpoint.userContext, /doc\.png/);
    assert.equal(push.reasons[0]?.code, 'TEST');
    await made.gate.shutDown();
  });

  it('leave a score that answers carry from then on, also after the node forgot it', async () => {
    const made = await node({ push: { threshold: 0.95 } });
    for (const item of ['a', 'b', 'never']) await made.put(item, item);
    const phone = await connected(made);
    const answered = async (item: string): Promise<number> => {
      await phone.open(item);
      await made.gate.idle();
      const answer = of(phone, 'answer').at(-1)?.answer;
      return answer?.kind === 'found' ? answer.push.checkpoint.predictionScore : assert.fail(item);
    };
    assert.equal(await answered('b'), 0);
    await phone.view('b');
    await phone.view('b');
    await made.gate.idle();
    assert.equal(of(phone, 'push').length, 0, 'nothing passes the threshold');
    const later = await answered('a');
    assert.ok(Math.abs(later - 0.9) < 1e-6, `${later}`);
    await made.gate.shutDown();
    const [kept] = await made.store.users.checkpoints(identity('ann', 'phone').user, SPACE, [
      itemId('never'),
    ]);
    assert.ok(Math.abs((kept?.predictionScore ?? 0) - 0.9) < 1e-6, `${kept?.predictionScore}`);
    const again = await node({ store: made.store, push: { threshold: 0.95 } });
    const tablet = new SimDevice(identity('ann', 'tablet'));
    await tablet.connect(again.gate);
    await tablet.open('never');
    await again.gate.idle();
    const kinds = of(tablet, 'answer').map(({ answer }) => answer.kind);
    const [first] = of(tablet, 'answer').map(({ answer }) => answer);
    assert.equal(first?.kind, 'found', kinds.join());
    assert.ok(Math.abs(first.push.checkpoint.predictionScore - 0.9) < 1e-6);
    await again.gate.shutDown();
  });

  it('are not made for a device that wants none, or metadata alone', async () => {
    const made = await node();
    await made.put('a', 'one');
    const phone = new SimDevice(identity('ann', 'phone'));
    phone.budget = { ...phone.budget, metadataOnly: true };
    await phone.connect(made.gate);
    await phone.view('a');
    await phone.view('a');
    await made.gate.idle();
    assert.deepEqual(of(phone, 'push'), []);
    await made.gate.shutDown();
  });

  it('that arrive damaged are counted, told to be old, and sent again when they are asked for', async () => {
    const made = await node({ policy: NONE });
    await made.put('a', 'one');
    const phone = await connected(made);
    let damaged = 0;
    phone.corrupts = () => ++damaged === 1;
    assert.equal((await phone.open('a')).text, 'one');
    assert.equal(of(phone, 'answer').length, 2);
    await made.gate.shutDown();
  });
});

describe('session: what changes', () => {
  it('is told to whoever holds the old content, with the new one if that is worth it', async () => {
    const made = await node({ policy: NONE });
    await made.put('a', 'one');
    const phone = await connected(made);
    await phone.open('a');
    await made.put('a', 'two');
    await made.gate.idle();
    assert.equal(phone.current('a'), null);
    const told = of(phone, 'invalidation');
    assert.equal(told.length, 1);
    await made.remove('a');
    await made.gate.idle();
    assert.equal(of(phone, 'invalidation').at(-1)?.dataHash, null);
    assert.equal(phone.get('a'), undefined);
    await made.gate.shutDown();
  });

  it('while a device is away is told when it comes back, without its manifest', async () => {
    const made = await node({ policy: NONE });
    await made.put('a', 'one');
    await made.put('b', 'one');
    const phone = await connected(made);
    await phone.open('a');
    await phone.open('b');
    await made.gate.idle();
    await phone.leave();
    await made.put('a', 'two');
    await phone.connect(made.gate);
    await made.gate.idle();
    assert.deepEqual(
      phone.welcome.verdicts.map(({ verdict }) => verdict),
      ['resume'],
    );
    assert.equal(phone.current('a'), null);
    assert.equal(phone.current('b'), 'one');
    assert.deepEqual(of(phone, 'push'), []);
    await made.gate.shutDown();
  });

  it('comes to the other device before it opens it, and the writer is told nothing new', async () => {
    const made = await node();
    await made.put('a', 'one');
    const phone = await connected(made);
    const laptop = await connected(made, 'laptop', 'bob');
    for (const device of [phone, laptop]) {
      await device.open('a');
      await device.view('a');
    }
    await made.gate.idle();
    const written = await made.put('a', 'two', { user: 'bob' });
    await laptop.keepOwn('a', 'two', written.version);
    await made.gate.idle();
    assert.equal(phone.current('a'), 'two');
    assert.equal(laptop.current('a'), 'two');
    assert.deepEqual(await phone.open('a'), { text: 'two', zeroWait: true });
    await made.gate.shutDown();
  });
});

describe('session: activities', () => {
  it('are acknowledged once durable, refused where they skip a number, and have one effect', async () => {
    const made = await node();
    await made.put('a', 'one');
    const phone = await connected(made);
    await phone.view('a');
    phone.sequence = 0;
    await phone.view('a');
    await made.gate.idle();
    assert.ok(of(phone, 'activity-ack').every(({ sequence }) => sequence === 1));
    phone.sequence = 7;
    await phone.view('a');
    await made.gate.idle();
    assert.deepEqual(refusals(phone), ['SEQUENCE_GAP']);
    assert.equal(of(phone, 'refusal')[0]?.error.details.facts?.['expected'], '2');
    await made.gate.shutDown();
  });

  it('are refused with unknown items, unknown spaces, and a location that Hello did not permit', async () => {
    const made = await node();
    await made.put('a', 'one');
    const phone = await connected(made);
    await phone.view('nothing');
    await phone.report([{ type: 'viewed', item: itemId('a'), timeMs: 1, locationCell: 'u33d' }]);
    await phone.report(
      [{ type: 'viewed', item: itemId('a'), timeMs: 1, locationCell: null }],
      spaceId('other'),
    );
    await phone.say({ kind: 'hello' });
    await made.gate.idle();
    assert.deepEqual(refusals(phone), ['ITEM_UNKNOWN', 'FIELD_INVALID', 'SPACE_FORBIDDEN', 'HELLO_EXPECTED']);
    assert.equal(phone.ended, null);
    await made.gate.shutDown();
  });

  it('and acknowledgements of what was never sent are refused, and the session goes on', async () => {
    const made = await node();
    const phone = await connected(made);
    await phone.say({
      kind: 'ack',
      ack: { delivery: 9999, opened: [], held: [], evicted: [], rejected: [] },
    });
    await made.gate.idle();
    assert.deepEqual(refusals(phone), ['FIELD_INVALID']);
    await made.gate.shutDown();
  });
});

describe('session: time', () => {
  it('speaks before a silence, and ends one that lasts two intervals', async () => {
    const made = await node();
    const phone = await connected(made);
    await made.timer.pass(25_000);
    const [beat] = of(phone, 'heartbeat');
    assert.ok(beat !== undefined && beat.nonce > 0 && beat.tokenExpiresInMs > 0);
    phone.reading = false;
    phone.acknowledging = false;
    await made.timer.pass(65_000);
    phone.resume();
    await turnOfTheLoop(10);
    assert.equal(phone.session?.presence.why?.kind, 'silent');
    assert.equal(phone.session.presence.state, 'closed', 'a goodbye that nobody takes is not waited for');
    await made.gate.shutDown();
  });

  it('ends when the token expires', async () => {
    const made = await node();
    const phone = new SimDevice({ ...identity('ann', 'phone'), expiresMs: made.timer.now() + 10_000 });
    await phone.connect(made.gate);
    await made.timer.pass(9_000);
    assert.equal(phone.ended, null);
    await made.timer.pass(2_000);
    await turnOfTheLoop(10);
    assert.equal(phone.ended, 'token-expired');
    await made.gate.shutDown();
  });

  it('a stalled device is told to resume later, and holds up nobody', async () => {
    const made = await node();
    await made.put('a', 'one');
    const phone = await connected(made);
    const other = await connected(made, 'phone', 'bob');
    phone.session?.end({ kind: 'stalled' });
    await turnOfTheLoop(5);
    assert.equal(phone.ended, 'stalled');
    const goodbye = of(phone, 'goodbye')[0];
    assert.ok(goodbye !== undefined && goodbye.retryAfterMs > 0);
    assert.equal((await other.open('a')).text, 'one');
    await made.gate.shutDown();
  });

  it('an echo comes after what changed while the device was away was told', async () => {
    const made = await node({ policy: NONE, settings: { logPage: 1, catchUpWorkers: 1 } });
    for (let item = 0; item < 20; item++) await made.put(`i${item}`, 'one');
    const phone = await connected(made);
    for (let item = 0; item < 20; item++) await phone.open(`i${item}`);
    await made.gate.idle();
    await phone.leave();
    for (let item = 0; item < 20; item++) await made.put(`i${item}`, 'two');
    await phone.connect(made.gate);
    await phone.say({ kind: 'heartbeat', nonce: 5, echo: 0 });
    await made.gate.idle();
    const order = phone.events.map((event) => (event.kind === 'heartbeat' ? event.echo : event.kind));
    assert.equal(order.filter((kind) => kind === 'invalidation').length, 20);
    assert.ok(order.indexOf(5) > order.lastIndexOf('invalidation'));
    await made.gate.shutDown();
  });
});
