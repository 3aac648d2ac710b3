import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, connect as dial } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { itemId, pseudonym, userId } from '../../../../src/domain/ids.js';
import { LiveContents } from '../../../../src/replay/live/contents.js';
import { TraceNames } from '../../../../src/replay/live/trace-names.js';
import { WireMeter } from '../../../../src/replay/live/wire-meter.js';
import type { Trace } from '../../../../src/replay/trace-types.js';

const meta = { name: 't', licence: '', train: false, writes: [], creates: [], outside: [] };

function traceOf(moments: Trace['moments']): Trace {
  const steps = moments.filter((moment) => moment.kind === 'step');
  return {
    name: 't',
    meta,
    steps,
    moments,
    relations: new Map(),
    sizeOf: (item) => (item === 'one' ? 1 : 5000),
  };
}

describe('replay/live/contents', () => {
  const contents = (): LiveContents => new LiveContents(traceOf([]));
  const item = itemId('a');

  it('are as large as the trace says, with their hash, and exist only once made', () => {
    const world = contents();
    assert.equal(world.exists(item), false);
    assert.throws(() => world.hashOf(item), RangeError);
    const { bytes, dataHash } = world.next(item);
    assert.equal(bytes.length, 5000);
    assert.equal(dataHash, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual([world.exists(item), world.hashOf(item)], [true, dataHash]);
    assert.equal(world.next(itemId('one')).bytes.length, 1);
  });

  it('are never the same twice in a replay, and always the same in another', () => {
    const [first, second] = [contents(), contents()];
    const hashes = [first.next(item), first.next(item), first.next(itemId('b'))].map(
      ({ dataHash }) => dataHash,
    );
    assert.equal(new Set(hashes).size, 3);
    assert.deepEqual(
      [second.next(item), second.next(item)].map(({ dataHash }) => dataHash),
      hashes.slice(0, 2),
    );
  });
});

describe('replay/live/trace-names', () => {
  it('knows the users of steps and of changes from outside by the server’s pseudonyms', () => {
    const step = { kind: 'step', index: 0, user: userId('ann'), device: null, timeS: 0, items: [] } as const;
    const outside = { kind: 'outside', timeS: 0, item: itemId('i'), users: [userId('bob')] } as const;
    const names = new TraceNames(traceOf([step, outside]));
    names.learn((user) => pseudonym(`hidden ${user}`));
    assert.equal(names.of(pseudonym('hidden ann')), 'ann');
    assert.equal(names.of(pseudonym('hidden bob')), 'bob');
    assert.throws(() => names.of(pseudonym('hidden eve')), RangeError);
  });
});

describe('replay/live/wire-meter', () => {
  it('counts the bytes both ways of the sockets that were opened while it collected, also once they are closed', async () => {
    const server = createServer((socket) => socket.pipe(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const echo = async (text: string): Promise<void> => {
      const socket = dial(port, '127.0.0.1');
      socket.end(text);
      socket.resume();
      await once(socket, 'close');
    };
    const meter = new WireMeter();
    await echo('before');
    meter.collect();
    await echo('12345');
    await echo('678');
    meter.settle();
    await echo('after');
    assert.equal(meter.bytes, 16);
    server.close();
  });
});
