import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import { itemId, pseudonym } from '../../../src/domain/ids.js';
import { Statistics } from '../../../src/predictor/statistics.js';
import { DAY_MS, stepOf } from '../../support/contexts.js';
import { History } from '../../support/statistics.js';

describe('Statistics', () => {
  describe('holders', () => {
    it('are those who opened the item, latest access first, without its writer', () => {
      const { statistics } = new History().learn(
        stepOf(['a'], 1000, { user: 'u1' }),
        stepOf(['a'], 2000, { user: 'u2' }),
        stepOf(['b'], 2500, { user: 'u4' }),
        stepOf(['a'], 3000, { user: 'u3' }),
        stepOf(['a'], 4000, { user: 'u1' }),
      );
      assert.deepEqual(statistics.holders(itemId('a'), null, 5000), ['u1', 'u3', 'u2']);
      assert.deepEqual(statistics.holders(itemId('a'), pseudonym('u3'), 5000), ['u1', 'u2']);
      assert.deepEqual(statistics.holders(itemId('unknown'), null, 5000), []);
    });

    it('were active within 60 days, with whatever item, and are at most 15', () => {
      const history = new History().learn(
        stepOf(['a'], 0, { user: 'asleep' }),
        stepOf(['a'], 0, { user: 'awake' }),
        stepOf(['b'], DAY_MS, { user: 'awake' }),
      );
      assert.deepEqual(history.statistics.holders(itemId('a'), null, 60 * DAY_MS), ['awake', 'asleep']);
      assert.deepEqual(history.statistics.holders(itemId('a'), null, 61 * DAY_MS), ['awake']);
      for (let n = 0; n < 300; n++) history.learn(stepOf(['a'], 2 * DAY_MS + n, { user: `u${n}` }));
      const holders = history.statistics.holders(itemId('a'), null, 3 * DAY_MS);
      assert.deepEqual([holders.length, holders[0], holders[14]], [15, 'u299', 'u285']);
    });
  });

  describe('heads', () => {
    it('are the latest ones; a deleted item has none, whatever comes late', () => {
      const history = new History().change('a', 1000, { version: 5 }).change('a', 500, { version: 3 });
      assert.equal(history.statistics.head(itemId('a'))?.version, 5);
      history.change('a', 2000, { version: 6, dataHash: null });
      assert.equal(history.statistics.head(itemId('a')), undefined);
      assert.equal(history.statistics.head(itemId('b')), undefined);
    });

    it('begin anew with a new epoch of the log, whose versions are lower', () => {
      const history = new History()
        .change('a', 1000, { version: 5 })
        .change('a', 2000, { version: 1 }, null, 'new');
      assert.equal(history.statistics.head(itemId('a'))?.version, 1);
    });

    it('tell dependants, which follow the edges', () => {
      const edges = [{ item: itemId('lib'), kind: 'link' }] as const;
      const history = new History().change('x', 0, { edges }).change('y', 0, { edges });
      assert.deepEqual(history.statistics.dependants(itemId('lib')), ['x', 'y']);
      history.change('x', 1, { edges: [] });
      assert.deepEqual(history.statistics.dependants(itemId('lib')), ['y']);
      assert.deepEqual(history.statistics.dependants(itemId('x')), []);
    });
  });

  describe('snapshot', () => {
    const learned = (): History => {
      const history = new History();
      for (let n = 0; n < 300; n++)
        history.learn(stepOf([`i${(n * 7) % 40}`, `i${n % 11}`], n * 60_000, { user: `u${n % 5}` }));
      return history;
    };

    it('restores the same candidates, holders and scores', () => {
      const before = learned();
      const after = new Statistics({ candidateLimit: 250, snapshot: before.statistics.snapshot() });
      for (let n = 0; n < 40; n++) {
        const head = before.statistics.head(itemId(`i${n}`));
        if (head === undefined) continue;
        after.changed({
          space: before.question('u0', [], 0).space,
          epoch: 'e',
          head,
          previousHash: null,
          writer: null,
          audience: [],
        });
      }
      const { context, user } = before.question('u1', [], 0);
      const nowMs = 20_000_000;
      const candidates = before.statistics.candidates(user, context, nowMs);
      assert.deepEqual(new Set(after.candidates(user, context, nowMs)), new Set(candidates));
      assert.deepEqual(
        after.holders(itemId('i3'), null, nowMs),
        before.statistics.holders(itemId('i3'), null, nowMs),
      );
      assert.deepEqual(after.snapshot(), before.statistics.snapshot());
      const inFolder = ({ counts }: Statistics): number =>
        counts.folders.popularity.at(counts.folders.of(counts.items.find(itemId('i3'))), nowMs);
      assert.ok(inFolder(before.statistics) > 1);
      assert.ok(Math.abs(inFolder(after) - inFolder(before.statistics)) < 1e-6);
    });

    it('refuses anything else', () => {
      for (const bytes of ['', 'no json', '{}', 'null', '{"format":"other"}']) {
        assert.throws(
          () => new Statistics({ candidateLimit: 9, snapshot: Buffer.from(bytes) }),
          (error) => error instanceof ForesyncError && error.code === 'STORE_CORRUPT',
        );
      }
    });
  });
});
