import assert from 'node:assert/strict';
import { endpointOf, nameOf, parseAddress } from '../../../../src/store/redis/address.js';

describe('store/redis: addresses', () => {
  it('say who is asked first, how, and as whom', () => {
    assert.deepEqual(parseAddress('redis://localhost:6379'), {
      kind: 'standalone',
      endpoints: [{ host: 'localhost', port: 6379 }],
      primaryName: '',
      username: null,
      password: null,
      tls: false,
    });
    assert.deepEqual(parseAddress('rediss+cluster://app:p%40ss@10.0.0.1:7000,[::1]:7001'), {
      kind: 'cluster',
      endpoints: [
        { host: '10.0.0.1', port: 7000 },
        { host: '::1', port: 7001 },
      ],
      primaryName: '',
      username: 'app',
      password: 'p@ss',
      tls: true,
    });
    const sentinel = parseAddress('redis+sentinel://:secret@a:1,b:2/main%20one');
    assert.deepEqual(
      [sentinel.kind, sentinel.primaryName, sentinel.username, sentinel.password],
      ['sentinel', 'main one', null, 'secret'],
    );
  });

  it('of another form are refused without showing the password', () => {
    const wrong = [
      'redis://localhost',
      'redis://localhost:0',
      'redis://localhost:70000',
      'redis://a:1,b:2',
      'redis://a:1/name',
      'redis+sentinel://a:1',
      'redis+other://u:secret@a:1',
      'redis://u:secret@a',
      'redis+cluster://a:1,,b:2',
    ];
    for (const url of wrong) {
      assert.throws(
        () => parseAddress(url),
        ({ code, message, details }: { code: string; message: string; details: { field: string } }) =>
          code === 'CONFIG_INVALID' && details.field === 'store.url' && !message.includes('secret'),
        url,
      );
    }
  });

  it('have names that lead back to them', () => {
    assert.deepEqual(endpointOf(nameOf({ host: 'h', port: 1 })), { host: 'h', port: 1 });
    assert.deepEqual(endpointOf(':7000'), { host: '', port: 7000 });
    assert.ok(Number.isNaN(endpointOf('nowhere').port));
  });
});
