import assert from 'node:assert/strict';
import { Company } from '../../../src/predictor/company.js';
import { Sums } from '../../../src/predictor/neighbours.js';

/** By number of another user: the share of a user's opens that followed them. */
function sharesOf(company: Company, user: number): ReadonlyMap<number, number> {
  const sums = new Sums();
  company.shares(user, sums);
  return new Map(sums.touched.map((other) => [other, sums.get(other)]));
}

describe('Company', () => {
  it('knows the last nine users of an item, each once, the latest first', () => {
    const company = new Company();
    for (let user = 0; user < 12; user++) company.opened(user, [7]);
    company.opened(5, [7]);
    assert.deepEqual(company.usersOf(7), [5, 11, 10, 9, 8, 7, 6, 4, 3]);
    assert.deepEqual(company.usersOf(8), []);
  });

  it('counts how much of what one opens follows each of the last five others', () => {
    const company = new Company();
    for (let user = 1; user <= 6; user++) company.opened(user, [1]);
    company.opened(0, [1, 2]);
    // User 1 was the sixth last; item 2 follows nobody.
    assert.deepEqual(
      [...sharesOf(company, 0)],
      [
        [6, 0.5],
        [5, 0.5],
        [4, 0.5],
        [3, 0.5],
        [2, 0.5],
      ],
    );
    const sums = new Sums();
    company.successions(0, sums);
    assert.deepEqual(sums.touched, [6]);
  });

  it('keeps a bounded number of those whom one follows, the most followed ones', () => {
    const company = new Company();
    for (let item = 0; item < 20; item++) company.opened(1, [item]);
    company.opened(
      0,
      Array.from({ length: 20 }, (_, item) => item),
    );
    for (let other = 2; other < 100; other++) {
      company.opened(other, [1000 + other]);
      company.opened(0, [1000 + other]);
    }
    const shares = sharesOf(company, 0);
    assert.ok(shares.size <= 64, `${shares.size}`);
    assert.equal(shares.get(1), 20 / 118);
    assert.ok(shares.has(99));
  });

  it('reads nothing of a user whom nobody knows, and of bulk only the beginning', () => {
    const company = new Company();
    assert.deepEqual([...sharesOf(company, -1)], []);
    const bulk = Array.from({ length: 100 }, (_, item) => item);
    company.opened(1, bulk);
    company.opened(0, bulk);
    assert.deepEqual([...sharesOf(company, 0)], [[1, 1]]);
    assert.equal(company.opensOf(0), 5 + 64);
    assert.deepEqual(company.usersOf(99), [0, 1]);
  });

  it('is the same after a dump and a load', () => {
    const company = new Company();
    for (let step = 0; step < 200; step++) company.opened(step % 5, [step % 11, step % 7]);
    const other = new Company();
    other.load(JSON.parse(JSON.stringify(company.dump(5))) as ReturnType<Company['dump']>); // what a snapshot does
    assert.deepEqual(other.dump(5), company.dump(5));
    other.opened(3, [1]);
    company.opened(3, [1]);
    assert.deepEqual(other.dump(5), company.dump(5));
  });
});
