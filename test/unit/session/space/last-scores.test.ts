import assert from 'node:assert/strict';
import type { PlanSeen } from '../../../../src/domain/engine-port.js';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { StoredCheckpoint } from '../../../../src/domain/user-record.js';
import { LastScores, SCORES_KEPT } from '../../../../src/session/space/last-scores.js';
import { headOf, scoredOf } from '../../../support/plans.js';

const device = deviceId('d');

class World {
  readonly saved: [string, readonly StoredCheckpoint[]][] = [];
  readonly deleted = new Set<string>();
  isDown = false;
  era = 0;
  readonly scores = new LastScores({
    space: spaceId('s'),
    statistics: {
      head: (item) => (this.deleted.has(item) ? undefined : headOf(item, 10, [['part', `${item}.png`]])),
    },
    users: {
      saveCheckpoints: (user, _space, checkpoints, era) => {
        if (era !== this.era) return Promise.reject(new ForesyncError('FORGOTTEN', 'forgotten'));
        if (this.isDown) return Promise.reject(new ForesyncError('STORE_UNAVAILABLE', 'down'));
        this.saved.push([user, checkpoints]);
        return Promise.resolve();
      },
    },
    userContext: (user) => Promise.resolve(`context of ${user}`),
    eraOf: () => this.era,
  });

  plan(user: string, scores: Readonly<Record<string, number>>, pushed: readonly string[] = []): this {
    const pushable = Object.entries(scores).map(([item, score]) => scoredOf(item, score));
    const pushes = pushable
      .filter(({ item }) => pushed.includes(item))
      .map((scored) => ({ kind: 'content' as const, scored, reasons: [] }));
    const plan = { user: pseudonym(user), device, pushes };
    const rest = { kind: 'user', device, candidates: [], tookUs: 0 } as const;
    const seen: PlanSeen = { ...rest, user: pseudonym(user), pushable, plan };
    this.scores.onPlan(seen);
    return this;
  }

  of(user: string, item: string): number | undefined {
    return this.scores.of(pseudonym(user), itemId(item));
  }

  /** `user item score` of everything saved since the last call. */
  written(): string[] {
    return this.saved
      .splice(0)
      .flatMap(([user, all]) => all.map(({ item, predictionScore }) => `${user} ${item} ${predictionScore}`));
  }
}

describe('LastScores', () => {
  it('remembers at once, and writes the last of several scores, once', async () => {
    const world = new World().plan('u', { a: 0.5, b: 0.25 }).plan('u', { a: 0.75 }).plan('v', { a: 7 });
    assert.deepEqual([world.of('u', 'a'), world.of('u', 'b'), world.of('v', 'a')], [0.75, 0.25, 1]);
    assert.equal(world.of('v', 'b'), undefined);
    await world.scores.write();
    assert.deepEqual(world.written().sort(), ['u a 0.75', 'u b 0.25', 'v a 1']);
    await world.scores.write();
    assert.deepEqual(world.written(), []);
    world.plan('u', { a: 0.75 });
    await world.scores.write();
    assert.deepEqual(world.written(), ['u a 0.75']);
  });

  it('writes those of a user who is planned for all the time too, however many others wait', async () => {
    const world = new World();
    const items = Object.fromEntries(Array.from({ length: SCORES_KEPT.ofPlan }, (_, n) => [`i${n}`, 0.5]));
    const others = (SCORES_KEPT.ofWrite / SCORES_KEPT.ofPlan) * 2;
    let turns = 0;
    for (let isThere = false; !isThere; turns++) {
      assert.ok(turns < 4, 'busy was not written');
      for (let other = 0; other < others; other++) world.plan(`other ${turns} ${other}`, items);
      world.plan('busy', { item: 0.5 });
      await world.scores.write();
      isThere = world.written().includes('busy item 0.5');
    }
  });

  it('writes everything that it can remember within 16 turns', async () => {
    const { users, ofUser, ofPlan, ofWrite } = SCORES_KEPT;
    const world = new World();
    for (let at = 0; at < ofUser; at += ofPlan) {
      const items = Object.fromEntries(Array.from({ length: ofPlan }, (_, n) => [`i${at + n}`, 0.5]));
      for (let user = 0; user < users; user++) world.plan(`u${user}`, items);
    }
    for (let turn = 0; turn < (users * ofUser) / ofWrite; turn++) await world.scores.write();
    assert.equal(new Set(world.written()).size, users * ofUser);
  });

  it('writes whole checkpoints, of items that exist, and nothing that was scored 0', async () => {
    const world = new World().plan('u', { a: 0.5, gone: 0.5, zero: 0 });
    world.deleted.add('gone');
    await world.scores.write();
    const [[, [checkpoint, ...none]] = ['', []]] = world.saved;
    assert.deepEqual(none, []);
    assert.equal(checkpoint?.dataHash, headOf('a').dataHash);
    assert.deepEqual(checkpoint.dependencyHashes, [headOf('a.png').dataHash]);
    assert.equal(checkpoint.userContext, 'context of u');
    assert.equal(world.of('u', 'zero'), undefined);
  });

  it('writes nothing of a user who was forgotten since, and remembers nothing either', async () => {
    const world = new World().plan('u', { a: 0.5 }).plan('v', { a: 0.5 });
    world.era = 7;
    world.plan('v', { b: 0.5 });
    await world.scores.write();
    assert.deepEqual(world.written(), ['v b 0.5']);
    assert.deepEqual(
      [world.of('u', 'a'), world.of('v', 'a'), world.of('v', 'b')],
      [undefined, undefined, 0.5],
    );
    world.scores.forget(pseudonym('v'));
    assert.equal(world.of('v', 'b'), undefined);
  });

  it('keeps the best of a plan and all that was pushed', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`i${n}`, (n + 1) / 100]));
    const world = new World().plan('u', many, ['i3']);
    const known = Object.keys(many).filter((item) => world.of('u', item) !== undefined);
    assert.deepEqual(known, ['i3', ...Object.keys(many).slice(-SCORES_KEPT.ofPlan)]);
  });

  it('is bounded: of a user the oldest items go, then the users who were planned for longest ago', async () => {
    const world = new World();
    for (let n = 0; n < SCORES_KEPT.ofUser + 5; n++) world.plan('u', { [`i${n}`]: 0.5 });
    assert.deepEqual([world.of('u', 'i4'), world.of('u', 'i5')], [undefined, 0.5]);
    for (let n = 1; n < SCORES_KEPT.users; n++) world.plan(`user ${n}`, { a: 0.5, b: 0.5, c: 0.5 });
    assert.equal(world.of('u', 'i5'), 0.5);
    world.plan('one too many', { a: 0.5 });
    assert.equal(world.of('u', 'i5'), undefined);
    await world.scores.write();
    assert.equal(world.written().length, SCORES_KEPT.ofWrite);
    await world.scores.write();
    assert.equal(world.written().length, 3 * (SCORES_KEPT.users - 1) + 1 - SCORES_KEPT.ofWrite);
  });

  it('tells of a store that fails, loses what was under way, and goes on', async () => {
    const world = new World().plan('u', { a: 0.5 }).plan('v', { a: 0.5 });
    world.isDown = true;
    await assert.rejects(world.scores.write(), { code: 'STORE_UNAVAILABLE' });
    world.isDown = false;
    await world.scores.write();
    assert.deepEqual(world.written(), ['v a 0.5']);
    assert.equal(world.of('u', 'a'), 0.5);
  });
});
