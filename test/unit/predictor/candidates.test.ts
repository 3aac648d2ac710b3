import assert from 'node:assert/strict';
import { itemId, pseudonym } from '../../../src/domain/ids.js';
import { Statistics } from '../../../src/predictor/statistics.js';
import { DAY_MS, stepOf } from '../../support/contexts.js';
import { History } from '../../support/statistics.js';

const candidatesOf = (history: History, user: string, nowMs: number): readonly string[] =>
  history.statistics.candidates(pseudonym(user), history.contextOf(user), nowMs);

describe('candidates', () => {
  it('come from the own use, from what others did next to it, from edges, folders and what is new', () => {
    const history = new History();
    const lib = [{ item: itemId('lib'), kind: 'link' }] as const;
    history
      .change('uses-it', 0, { edges: [{ item: itemId('mine'), kind: 'link' }] })
      .change('lib', 0)
      .change('mine', 0, { edges: lib })
      .learn(
        stepOf(['mine'], 1000, { user: 'other' }),
        stepOf(['followed'], 2000, { user: 'other' }),
        stepOf(['mine', 'beside'], 3000, { user: 'third' }),
        stepOf(['docs/one', 'docs/two'], 4000, { user: 'third' }),
        stepOf(['old'], 5000),
        stepOf(['docs/one', 'mine'], 6000),
      )
      .change('fresh', 7000);
    const candidates = candidatesOf(history, 'u', 8000);
    for (const item of ['old', 'followed', 'beside', 'lib', 'uses-it', 'docs/two', 'fresh', 'mine'])
      assert.ok(candidates.includes(item), item);
    assert.equal(new Set(candidates).size, candidates.length);
  });

  it('name no item that does not exist or was deleted', () => {
    const edges = [{ item: itemId('ghost'), kind: 'link' }] as const;
    const history = new History().change('a', 0, { edges }).learn(stepOf(['a', 'b'], 1000));
    assert.deepEqual(new Set(candidatesOf(history, 'u', 2000)), new Set(['a', 'b']));
    history.change('b', 3000, { dataHash: null });
    assert.deepEqual(candidatesOf(history, 'u', 4000), ['a']);
  });

  it('name what others changed since the last use, even if it is long ago', () => {
    const history = new History(new Statistics({ candidateLimit: 40 })).learn(stepOf(['long-ago'], 1000));
    for (let n = 0; n < 300; n++) history.learn(stepOf([`i${n}`], 2000 + n));
    assert.equal(candidatesOf(history, 'u', 5000).includes('long-ago'), false);
    history.change('long-ago', 4000, {}, 'other');
    assert.ok(candidatesOf(history, 'u', 5000).includes('long-ago'));
  });

  it('name the habits of a user among many things that were used once', () => {
    const history = new History(new Statistics({ candidateLimit: 60 }));
    for (let n = 0; n < 10; n++) history.learn(stepOf(['habit'], n * 1000));
    for (let n = 0; n < 200; n++) history.learn(stepOf([`i${n}`], DAY_MS + n * 1000));
    assert.ok(candidatesOf(history, 'u', 2 * DAY_MS).includes('habit'));
  });

  it('are at most as many as configured, and what one source leaves goes to the others', () => {
    const history = new History(new Statistics({ candidateLimit: 20 }));
    for (let n = 0; n < 100; n++) history.learn(stepOf([`i${n}`], n * 1000));
    assert.equal(candidatesOf(history, 'u', 200_000).length, 20);
    assert.equal(candidatesOf(history, 'stranger', 200_000).length, 20);
  });
});
