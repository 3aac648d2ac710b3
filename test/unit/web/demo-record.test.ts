import assert from 'node:assert/strict';
import { documentText } from '../../../bench/demo/document-text.js';
import { RunningClock } from '../../../bench/demo/running-clock.js';
import { busiest, openedBy } from '../../../bench/demo/trace-person.js';
import { itemId, userId } from '../../../src/domain/ids.js';
import { loadTrace } from '../../../src/replay/trace.js';

const item = itemId('docs/größe.md');

describe('web/demo-record', () => {
  it('makes a text of exactly the bytes asked for, the same again, and another for each revision', () => {
    const text = (revision: number, bytes: number): string =>
      Buffer.from(documentText(item, revision, bytes)).toString();
    for (const bytes of [1, 20, 500, 100_000]) assert.equal(Buffer.byteLength(text(7, bytes)), bytes);
    assert.equal(text(7, 500), text(7, 500));
    assert.notEqual(text(8, 500).slice(60), text(7, 500).slice(60));
    assert.match(text(7, 500), /^Revision 7 of the space\. [A-Z][a-z ]+\./);
  });

  it('finds the busiest person of the bundled record, and what they open next, without doubles in a row', async () => {
    const { steps, ...rest } = await loadTrace('bench/traces/git-hono');
    const person = busiest({ steps, ...rest });
    const most = steps.filter(({ user }) => user === person).length;
    for (const other of new Set(steps.map(({ user }) => user)))
      assert.ok(steps.filter(({ user }) => user === other).length <= most);
    const next = openedBy(person, steps.slice(640));
    assert.ok(next.length > 20);
    assert.ok(next.every((each, place) => each !== next[place + 1]));
    assert.deepEqual(openedBy(userId('nobody'), steps), []);
  });

  it('has a clock that stands until it runs, gives whole milliseconds, and never goes back', async () => {
    const clock = new RunningClock();
    clock.moveTo(5000);
    clock.moveTo(4000);
    assert.equal(clock.now(), 5000);
    clock.run();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const later = clock.now();
    assert.ok(later > 5000 && Number.isInteger(later), `${later}`);
    clock.moveTo(9000);
    assert.ok(clock.now() >= 9000);
  });
});
