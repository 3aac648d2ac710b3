import assert from 'node:assert/strict';
import { reasonsFor } from '../../../src/predictor/reasons.js';
import { viewOf } from '../../../src/predictor/view.js';
import { DAY_MS, stepOf } from '../../support/contexts.js';
import { History } from '../../support/statistics.js';

/** u and v go from a to b time and again; then v changes b, and u looks at a. */
function history(): History {
  const past = new History();
  for (let day = 1; day <= 4; day++) {
    for (const user of ['u', 'v']) {
      past.learn(
        stepOf(['a'], day * DAY_MS, { user }),
        stepOf(['b'], day * DAY_MS + 1000, { user }),
        stepOf([`${user}-${day}`], day * DAY_MS + 2000, { user }),
      );
    }
  }
  return past.change('b', 5 * DAY_MS, {}, 'v').learn(stepOf(['a'], 6 * DAY_MS));
}

function textsOf(item: string, learned?: ReadonlyMap<string, number>): readonly string[] {
  const past = history();
  const question = past.question('u', [item], 6 * DAY_MS);
  return reasonsFor(viewOf(past.statistics.counts, question), learned).map(({ text }) => text);
}

describe('reasonsFor', () => {
  it('names the three strongest with their numbers', () => {
    assert.deepEqual(textsOf('b'), [
      'you went on to it from here 4 times',
      'opened after it 8 times',
      'often used together with what you use now',
    ]);
  });

  it('follows what a space learned to count', () => {
    const learned = new Map([
      ['CHANGED', 2],
      ['FREQUENT', 2],
      ['TOGETHER', -9],
      ['NEXT', -9],
      ['YOUR_NEXT', -9],
      ['RECENT', -9],
    ]);
    const texts = textsOf('b', learned);
    assert.ok(
      texts.includes('changed since you saw it') && texts.includes('you opened it 4 times'),
      texts.join(),
    );
  });

  it('says nothing that is not true', () => {
    const texts = textsOf(
      'v-1',
      new Map([
        ['CHANGED', 9],
        ['RECENT', 9],
        ['FREQUENT', 9],
      ]),
    );
    assert.ok(!texts.some((text) => text.startsWith('you ') || text.startsWith('changed')), texts.join());
    assert.deepEqual(textsOf('nobody-knows-it'), []);
  });

  it('is short', () => {
    for (const text of textsOf('b')) assert.ok(text.length <= 120);
  });
});
