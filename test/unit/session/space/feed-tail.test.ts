import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { deviceId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { FeedEntry, ForgottenMark, SpaceFeedPage } from '../../../../src/domain/store-port.js';
import { FeedTail } from '../../../../src/session/space/feed-tail.js';
import { OwnBatches } from '../../../../src/session/space/own-batches.js';
import { ManualTimer } from '../../../support/manual-timer.js';

const SPACE = spaceId('notes');
const ANN = pseudonym('ann');
const PHONE = deviceId('phone');
const batch = (sequence: number) => ({ space: SPACE, sequence, activities: [] });

/** A feed that can be cut short and be out of reach. */
class Feed {
  readonly entries: FeedEntry[] = [];
  marks: readonly ForgottenMark[] = [];
  low = 0;
  isAway = false;

  add(count: number): void {
    for (let one = 0; one < count; one++) {
      const offset = this.low + this.entries.length + 1;
      this.entries.push({ offset, user: ANN, device: PHONE, batch: batch(offset) });
    }
  }

  readFeed(_space: typeof SPACE, after: number, limit: number): Promise<SpaceFeedPage> {
    if (this.isAway) return Promise.reject(new ForesyncError('STORE_UNAVAILABLE', 'away'));
    const within = <T extends { readonly offset: number }>(all: readonly T[]): T[] =>
      all.filter(({ offset }) => offset > after && offset <= after + limit);
    const [entries, forgotten] = [within(this.entries), within(this.marks)];
    const high = this.low + this.entries.length + this.marks.length;
    return Promise.resolve({ entries, forgotten, low: this.low, high });
  }
}

describe('session/space/feed-tail', () => {
  const follow = (feed: Feed, after: number) => {
    const seen: number[] = [];
    const faults: string[] = [];
    const marks: string[] = [];
    const stop = new AbortController();
    const tail = new FeedTail(SPACE, after, {
      spaces: feed,
      timer: new ManualTimer(),
      pollMs: 500,
      pageSize: 3,
      onFault: (error) => faults.push(error.code),
    });
    const apply = (entry: FeedEntry): Promise<void> => {
      seen.push(entry.offset);
      return Promise.resolve();
    };
    const forgotten = ({ mark }: ForgottenMark): Promise<void> => {
      marks.push(mark);
      return Promise.resolve();
    };
    const turned = (): Promise<void> => Promise.resolve();
    const done = tail.run({ applied: apply, forgotten, turned }, stop.signal);
    const end = async (): Promise<void> => {
      stop.abort();
      await done;
    };
    return { tail, marks, seen, faults, end };
  };

  it('tells marks of the forgotten in their place, and goes on behind a page of nothing else', async () => {
    const feed = new Feed();
    feed.add(2);
    feed.marks = ['one', 'two', 'three', 'four'].map((mark, index) => ({ offset: 3 + index, mark }));
    const { tail, seen, marks, end } = follow(feed, 0);
    await tail.caughtUp();
    assert.deepEqual(
      [seen, marks],
      [
        [1, 2],
        ['one', 'two', 'three', 'four'],
      ],
    );
    await end();
  });

  it('applies what comes after its start, each entry once, in order, page by page', async () => {
    const feed = new Feed();
    feed.add(10);
    const { tail, seen, end } = follow(feed, 2);
    await tail.caughtUp();
    assert.deepEqual(seen, [3, 4, 5, 6, 7, 8, 9, 10]);
    feed.add(1);
    await Promise.all([tail.caughtUp(), tail.caughtUp()]);
    assert.equal(seen.at(-1), 11);
    assert.equal(seen.length, 9);
    await end();
    await tail.caughtUp();
  });

  it('goes on where it was when the feed can be read again', async () => {
    const feed = new Feed();
    feed.add(2);
    const { tail, seen, faults, end } = follow(feed, 0);
    feed.isAway = true;
    await tail.caughtUp();
    assert.deepEqual([seen, faults], [[], ['STORE_UNAVAILABLE']]);
    feed.isAway = false;
    await tail.caughtUp();
    assert.deepEqual(seen, [1, 2]);
    await end();
  });

  it('follows a feed that was lost from its new beginning', async () => {
    const feed = new Feed();
    const { tail, seen, end } = follow(feed, 50);
    await tail.caughtUp();
    feed.add(2);
    await tail.caughtUp();
    assert.deepEqual(seen, [1, 2]);
    await end();
  });
});

describe('session/space/own-batches', () => {
  it('tells each of its own once, and forgets the oldest beyond its bound', () => {
    const own = new OwnBatches();
    own.add(ANN, PHONE, batch(1));
    assert.equal(own.take(ANN, deviceId('laptop'), batch(1)), false);
    assert.equal(own.take(ANN, PHONE, batch(1)), true);
    assert.equal(own.take(ANN, PHONE, batch(1)), false);
    for (let sequence = 1; sequence <= 16_385; sequence++) own.add(ANN, PHONE, batch(sequence));
    assert.deepEqual([own.take(ANN, PHONE, batch(1)), own.take(ANN, PHONE, batch(2))], [false, true]);
  });
});
