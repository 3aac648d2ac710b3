import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Standings } from '../../../src/planner/standings.js';
import { seededRandom } from '../../../src/util/seeded-random.js';

/** Steps of one open, of which each has its share ready, by chance. */
function steps(standings: Standings, count: number, shares: readonly number[], seed = 1): number {
  const random = seededRandom(seed);
  let changes = 0;
  for (let step = 0; step < count; step++) {
    const before = standings.leader;
    standings.stepped(shares.map((share) => (random() < share ? 1 : 0)));
    if (standings.leader !== before) changes += 1;
  }
  return changes;
}

/** Each with as much doubt near as far. */
const standingsOf = (...doubts: readonly number[]): Standings =>
  new Standings(doubts.map((doubt) => ({ near: doubt, far: doubt })));

describe('Standings', () => {
  it('are led by the first until another is clearly better', () => {
    const standings = standingsOf(1, 3, 3);
    assert.equal(standings.leader, 0);
    steps(standings, 2000, [0.1, 0.3, 0.2]);
    assert.equal(standings.leader, 1);
    assert.ok(standings.hits(1) > standings.hits(0));
  });

  it('are led by the first again when it is better again', () => {
    const standings = standingsOf(1, 3);
    steps(standings, 2000, [0.1, 0.3]);
    assert.equal(standings.leader, 1);
    steps(standings, 6000, [0.4, 0.3]);
    assert.equal(standings.leader, 0);
  });

  it('rarely change where nobody is better', () => {
    let changes = 0;
    for (let seed = 0; seed < 10; seed++)
      changes += steps(standingsOf(1, 3, 3, 3, 3, 3), 2000, [0.25, 0.25, 0.25, 0.25, 0.25, 0.25], seed);
    assert.ok(changes <= 5, `${changes} changes`);
  });

  it('stay where all have the same ready', () => {
    const standings = standingsOf(1, 3);
    for (let step = 0; step < 1000; step++) standings.stepped([step % 2, step % 2]);
    assert.equal(standings.leader, 0);
  });

  it('take what is opened together for one draw', () => {
    const standings = standingsOf(1, 3);
    standings.stepped([0, 40]);
    standings.stepped([0, 40]);
    assert.equal(standings.leader, 0);
    for (let step = 0; step < 40; step++) standings.stepped([0, 4]);
    assert.equal(standings.leader, 1);
  });

  it('ask more proof of a small lead than of a large one', () => {
    const leaders = [0.4, 0.32].map((behind) => {
      const standings = new Standings([
        { near: 1, far: 1 },
        { near: 20, far: 2 },
      ]);
      steps(standings, 4000, [behind, 0.42]);
      return standings.leader;
    });
    assert.deepEqual(leaders, [0, 1]);
  });

  it('of several nodes adds up what each saw, in any order of arrival', () => {
    const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const standings = (): Standings =>
          new Standings([
            { near: 1, far: 1 },
            { near: 1, far: 1 },
          ]);
        const nodes = [standings(), standings(), standings()];
        const one = standings();
        for (const node of nodes) assert.deepEqual(node.lesson(), []);
        for (const [node, first, second] of all) {
          nodes[node]?.stepped([first, second]);
          one.stepped([first, second]);
        }
        const told = nodes.map((node) => node.lesson());
        for (const [place, node] of nodes.entries()) {
          for (const [by, lesson] of [...told.entries()].reverse())
            if (by !== place && lesson.length > 0) node.taught(lesson);
          for (const of of [0, 1]) assert.ok(Math.abs(node.hits(of) - one.hits(of)) <= 0.05 * one.hits(of));
          assert.deepEqual(node.lesson(), []);
        }
      }),
    );
  });

  it('leaves a lesson about others alone', () => {
    const two = new Standings([
      { near: 1, far: 1 },
      { near: 1, far: 1 },
    ]);
    two.taught([0.5, 9, 9, 9]);
    assert.deepEqual([two.hits(0), two.hits(1), two.leader], [0, 0, 0]);
  });
});
