import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Status } from '@foresync/protocol';
import { ForesyncClientError } from '../src/errors.js';
import type { ForesyncEvent } from '../src/events.js';
import { bytesOf, checkpointFor, textOf } from './support/checkpoints.js';
import { FakeServer } from './support/fake-server.js';
import type { FakeSession } from './support/fake-session.js';
import { TabHouse } from './support/tab-house.js';
import { eventually } from './support/with-client.js';

describe('tabs of one device', () => {
  let server: FakeServer;
  let folder = '';
  let house: TabHouse;
  let answerWrites = true;

  beforeEach(async () => {
    answerWrites = true;
    const put = () => {
      if (!answerWrites) throw new Error('the test leaves writes unanswered');
      const checkpoint = undefined;
      return { checkpoint, position: undefined, durability: 1 as const };
    };
    server = await FakeServer.start({ put });
    folder = mkdtempSync(join(tmpdir(), 'foresync-tabs-'));
    house = new TabHouse(server.endpoint, join(folder, 'device'));
  });
  afterEach(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('share one session: what one asks for, all hold and hear of', async () => {
    const { first, second, session } = await two();
    const heard: ForesyncEvent[] = [];
    void collect(second.client.events(), heard);
    const opening = second.client.open('s', 'a');
    const { requestId } = await session.next('request');
    session.answer(requestId, checkpointFor('a', bytesOf('content')), bytesOf('content'));
    assert.equal(textOf((await opening).content), 'content');
    await eventually(() => second.client.held('s', 'a') !== undefined, 'the other tab knows that it is held');
    const zero = await first.client.open('s', 'a');
    assert.deepEqual([zero.source, zero.waitMs], ['buffer', 0]);
    session.push(checkpointFor('b', bytesOf('pushed')), bytesOf('pushed'));
    await eventually(() => heard.find(({ kind }) => kind === 'pushed'), 'the other tab hears of the push');
    await eventually(() => second.client.stats.pushed === 1, 'and counts it');
    assert.equal(second.client.state, 'live');
    await close(second, first);
  });

  it('tell each other what fails as it is', async () => {
    const { first, second, session } = await two();
    const opening = second.client.open('s', 'nothing');
    const { requestId } = await session.next('request');
    const error = Status.fromPartial({ code: 5, message: 'the item does not exist' });
    session.tell({ $case: 'answer', value: { requestId, result: { $case: 'error', value: error } } });
    await assert.rejects(opening, { name: 'ForesyncClientError', code: 'ITEM_UNKNOWN' });
    assert.throws(() => second.client.report({ type: 'viewed', item: '' }), { code: 'FIELD_INVALID' });
    await assert.rejects(second.client.open('other', 'a'), { code: 'FIELD_INVALID' });
    second.client.report({ type: 'viewed', item: 'a' });
    const batch = await session.next('activities');
    assert.equal(batch.activities[0]?.item, 'a');
    await close(second, first);
    await assert.rejects(second.client.open('s', 'a'), { code: 'CLOSED' });
  });

  it('go on when the one that leads is gone: opens are asked again, a write may be done or not', async () => {
    answerWrites = false;
    const { first, second, session } = await two();
    const opening = second.client.open('s', 'a');
    await session.next('request');
    const writing = second.client.write('s', 'w', bytesOf('written')).catch((error: unknown) => error);
    const killed = house.kill(first);
    const next = await server.accept();
    await next.welcome();
    const { requestId } = await next.next('request');
    next.answer(requestId, checkpointFor('a', bytesOf('content')), bytesOf('content'));
    assert.equal(textOf((await opening).content), 'content');
    const outcome = await writing;
    assert.ok(outcome instanceof ForesyncClientError, String(outcome));
    assert.ok(['UNAVAILABLE', 'INTERNAL'].includes(outcome.code), outcome.code);
    await killed;
    await close(second);
  });

  // A session that nobody ends is given up after 20 s only: this test would run out of time.
  it('close in any order, also one that just began to lead', async () => {
    const { first, second } = await two();
    await close(first, second);
  });

  it('refuse a tab that follows other spaces', async () => {
    const { first, second } = await two();
    const other = await house.tab(['s', 't']);
    await assert.rejects(other.client.ready(), { code: 'FIELD_INVALID' });
    await close(other, second, first);
  });

  /** The first leads, and is live. */
  async function two() {
    const first = await house.tab();
    const session: FakeSession = await server.accept();
    await session.welcome();
    await eventually(() => first.client.state === 'live', 'the first is live');
    const second = await house.tab();
    await second.client.ready();
    await eventually(() => second.client.state === 'live', 'the second knows it');
    return { first, second, session };
  }

  async function close(...tabs: readonly { readonly client: { close(): Promise<void> } }[]): Promise<void> {
    for (const { client } of tabs) await client.close();
  }
});

async function collect(events: AsyncIterable<ForesyncEvent>, heard: ForesyncEvent[]): Promise<void> {
  for await (const event of events) heard.push(event);
}
