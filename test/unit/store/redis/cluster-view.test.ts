import assert from 'node:assert/strict';
import { ownersOf, readNodes, seesPrimary } from '../../../../src/store/redis/cluster-view.js';

const SELF = { host: '10.0.0.9', port: 1 };

const OLD = `a1 10.0.0.1:7000@17000,host-a myself,master - 0 0 1 connected 0-99 200 [300->-b1]
b1 10.0.0.2:7000@17000 slave a1 0 0 1 connected
`;
const NEW = `a1 10.0.0.1:7000@17000 master,fail - 0 0 1 disconnected
b1 :7000@17000 myself,master - 0 0 4 connected 0-99 200
`;

describe('store/redis: what nodes say of a cluster', () => {
  it('is read: addresses, roles, epochs and slots', () => {
    assert.deepEqual(readNodes(OLD, SELF), [
      {
        id: 'a1',
        endpoint: { host: '10.0.0.1', port: 7000 },
        primary: true,
        failed: false,
        epoch: 1,
        slots: [
          [0, 99],
          [200, 200],
        ],
      },
      {
        id: 'b1',
        endpoint: { host: '10.0.0.2', port: 7000 },
        primary: false,
        failed: false,
        epoch: 1,
        slots: [],
      },
    ]);
    assert.deepEqual(readNodes(NEW, SELF)[1]?.endpoint, { host: '10.0.0.9', port: 7000 });
  });

  it('counts by the highest epoch: one that was cut off is not believed', () => {
    for (const views of [
      [readNodes(OLD, SELF), readNodes(NEW, SELF)],
      [readNodes(NEW, SELF), readNodes(OLD, SELF)],
    ]) {
      const owners = ownersOf(views);
      assert.deepEqual(owners[50], { host: '10.0.0.9', port: 7000 });
      assert.deepEqual(owners[200], { host: '10.0.0.9', port: 7000 });
      assert.equal(owners[100], undefined);
    }
  });

  it('tells whether a node is a primary for somebody', () => {
    assert.deepEqual(
      ['a1', 'b1', 'c1'].map((id) => seesPrimary(readNodes(OLD, SELF), id)),
      [true, false, false],
    );
    assert.deepEqual(
      ['a1', 'b1'].map((id) => seesPrimary(readNodes(NEW, SELF), id)),
      [false, true],
    );
  });
});
