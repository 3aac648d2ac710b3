import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { adviceOf } from '../../../../src/store/redis/redirects.js';
import { checkServer, liveReplicas, readInfo } from '../../../../src/store/redis/server-info.js';

const info = (fields: Record<string, string>): ReadonlyMap<string, string> =>
  readInfo(
    `# Server\r\n${Object.entries(fields)
      .map(([name, value]) => `${name}:${value}\r\n`)
      .join('')}`,
  );

const GOOD = { redis_version: '7.0.15', maxmemory_policy: 'noeviction', loading: '0' };

describe('store/redis: what a server says of itself', () => {
  it('is enough, or says who has to change what', () => {
    checkServer(info(GOOD), 's');
    checkServer(info({ ...GOOD, maxmemory_policy: 'volatile-lru', redis_version: '8.2.0' }), 's');
    const refused = (fields: object, code: string, text: RegExp): void =>
      assert.throws(
        () => checkServer(info({ ...GOOD, ...fields }), 's'),
        (error: unknown) => {
          assert.ok(error instanceof ForesyncError && error.code === code);
          return text.test(error.message);
        },
      );
    refused({ redis_version: '6.2.7' }, 'CONFIG_INVALID', /7 or newer/);
    refused({ redis_version: '' }, 'CONFIG_INVALID', /7 or newer/);
    refused({ maxmemory_policy: 'allkeys-lru' }, 'CONFIG_INVALID', /removes what was acknowledged/);
    refused({ loading: '1' }, 'STORE_UNAVAILABLE', /loads/);
  });

  it('counts replicas that answered lately', () => {
    const replicas = info({
      connected_slaves: '4',
      slave0: 'ip=1,port=1,state=online,offset=9,lag=0',
      slave1: 'ip=1,port=2,state=online,offset=9,lag=2',
      slave2: 'ip=1,port=3,state=online,offset=3,lag=3',
      slave3: 'ip=1,port=4,state=wait_bgsave,offset=0,lag=0',
    });
    assert.equal(liveReplicas(replicas), 2);
    assert.equal(liveReplicas(info({})), 0);
  });

  it('is good advice, when it refuses a call', () => {
    const asked = { host: 'here', port: 1 };
    const advice = (message: string) => adviceOf(new Error(message), asked);
    assert.deepEqual(advice('MOVED 3999 10.0.0.2:6381'), {
      kind: 'moved',
      endpoint: { host: '10.0.0.2', port: 6381 },
    });
    assert.deepEqual(advice('ASK 3999 :6381'), { kind: 'ask', endpoint: { host: 'here', port: 6381 } });
    assert.equal(advice('NOSCRIPT No matching script').kind, 'load');
    for (const word of ['TRYAGAIN', 'CLUSTERDOWN', 'LOADING', 'READONLY', 'UNBLOCKED', 'MASTERDOWN'])
      assert.equal(advice(`${word} whatever`).kind, 'again');
    const code = (message: string): string => {
      const found = advice(message);
      return found.kind === 'give-up' ? found.error.code : found.kind;
    };
    assert.equal(code("OOM command not allowed when used memory > 'maxmemory'"), 'STORE_UNAVAILABLE');
    assert.equal(code('NOAUTH Authentication required.'), 'STORE_UNAVAILABLE');
    assert.equal(code('WRONGTYPE Operation against a key'), 'STORE_CORRUPT');
    const gone = new ForesyncError('STORE_UNAVAILABLE', 'x');
    assert.equal(adviceOf(gone, asked).kind, 'again');
    for (const [cause, kind] of [
      ['connect ECONNREFUSED 127.0.0.1:6379', 'again'],
      ['ERR max number of clients reached', 'again'],
      ['WRONGPASS invalid username-password pair', 'give-up'],
      ["ERR unknown command 'script'", 'give-up'],
      ['Unknown RESP type 72 "H"', 'give-up'],
    ] as const) {
      const unused = new ForesyncError('STORE_UNAVAILABLE', 'x', { cause: new Error(cause) });
      assert.equal(adviceOf(unused, asked).kind, kind, cause);
    }
    const wrong = new ForesyncError('CONFIG_INVALID', 'x');
    assert.deepEqual(adviceOf(wrong, asked), { kind: 'give-up', error: wrong });
  });
});
