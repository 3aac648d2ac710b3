import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigSources } from '../../../src/config.js';
import { configOf, hostAndPort, loadConfig } from '../../../src/config.js';
import { ForesyncError } from '../../../src/domain/errors.js';

function refusal(run: () => unknown): { field: string | undefined; text: string } {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof ForesyncError);
    assert.equal(thrown.code, 'CONFIG_INVALID');
    return { field: thrown.details.field, text: thrown.rawMessage };
  }
  return assert.fail('nothing was thrown');
}

const fieldOf = (sources: ConfigSources): string | undefined => refusal(() => loadConfig(sources)).field;

describe('config', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'foresync-config-'))));
  after(() => rmSync(folder, { recursive: true }));

  const file = (content: string): string => {
    const path = join(folder, 'foresync.json');
    writeFileSync(path, content);
    return path;
  };

  it('has a default for every setting', () => {
    const config = loadConfig({});
    assert.equal(config.push.policy, 'model');
    assert.equal(config.limits.itemBytes, 64 * 1024 * 1024);
    assert.deepEqual(configOf({}), config);
  });

  it('lets flags win over the environment, that over the file, that over the defaults', () => {
    const path = file(
      '{"push": {"budget": 0.1, "policy": "recent", "threshold": 0.9}, "log": {"level": "warn"}}',
    );
    const environment = { FORESYNC_PUSH_BUDGET: '0.2', FORESYNC_PUSH_POLICY: 'popular', HOME: '/root' };
    const flags = { push: { budget: 0.3, policy: undefined } };
    const { push, log } = loadConfig({ file: path, environment, flags });
    assert.deepEqual(
      [push.budget, push.policy, push.threshold, log.level, push.mode],
      [0.3, 'popular', 0.9, 'warn', 'price'],
    );
  });

  it('reads numbers, truth values, lists and texts from the environment', () => {
    const config = loadConfig({
      environment: {
        FORESYNC_SESSION_MAX_IN_FLIGHT: '5',
        FORESYNC_SPACES_AUTO_CREATE: 'true',
        FORESYNC_SPACES_LIST: '[{"name": "notes", "shards": 2}, {"name": "mail"}]',
        FORESYNC_PUSH_METADATA_THRESHOLD: '0.25',
        FORESYNC_AUTH_AUDIENCE: '123',
        FORESYNC_AUTH_KEY_FILES: '["a.pem"]',
        FORESYNC_STORE_URL: 'lmdb:/var/lib/foresync',
        FORESYNC_TOKEN: 'for commands',
      },
    });
    assert.equal(config.session.maxInFlight, 5);
    assert.equal(config.spaces.autoCreate, true);
    assert.deepEqual(config.spaces.list, [
      { name: 'notes', shards: 2 },
      { name: 'mail', shards: 4 },
    ]);
    assert.equal(config.push.metadataThreshold, 0.25);
    assert.equal(config.auth.audience, '123');
    assert.deepEqual(config.auth.keyFiles, ['a.pem']);
    assert.equal(config.store.url, 'lmdb:/var/lib/foresync');
  });

  it('names the setting that cannot be, and who set it', () => {
    const environment = { FORESYNC_PUSH_BUDGET: '-1' };
    const { field, text } = refusal(() => loadConfig({ environment }));
    assert.equal(field, 'push.budget');
    assert.match(text, /^push\.budget is wrong: .*\(environment\)$/);
    const wrong: [object, string][] = [
      [{ push: { mode: 'both' } }, 'push.mode'],
      [{ push: { budget: Number.NaN } }, 'push.budget'],
      [{ server: { listen: 'nowhere' } }, 'server.listen'],
      [{ server: { listen: 'localhost:99999' } }, 'server.listen'],
      [{ store: { url: 'postgres:x' } }, 'store.url'],
      [{ spaces: { list: [{ name: 'a', shards: 65 }] } }, 'spaces.list.0.shards'],
      [{ spaces: { list: [{ name: 'a', sharts: 1 }] } }, 'spaces.list.0'],
      [{ limits: { chunkBytes: 1024 * 1024 } }, 'limits.chunkBytes'],
      [{ limits: { chunkBytes: 200_000, frameBytes: 300_000 } }, 'limits.chunkBytes'],
      [{ tls: { certFile: 'a' } }, 'tls'],
      [{ tls: { clientCaFile: 'a' } }, 'tls.clientCaFile'],
      [{ push: { bugdet: 1 } }, 'push.bugdet'],
      [{ pusch: {} }, 'pusch'],
      [JSON.parse('{"__proto__": {"x": 1}}') as object, '__proto__'],
      [JSON.parse('{"push": {"__proto__": 1}}') as object, 'push.__proto__'],
    ];
    for (const [flags, setting] of wrong) assert.equal(fieldOf({ flags }), setting);
  });

  it('refuses variables that name no setting, for they may be mistyped', () => {
    assert.equal(fieldOf({ environment: { FORESYNC_PUSH_BUDGTE: '1' } }), 'FORESYNC_PUSH_BUDGTE');
  });

  it('refuses a file that is no configuration', () => {
    for (const content of ['', '{', '[]', 'null', '{"push": 3}']) {
      refusal(() => loadConfig({ file: file(content) }));
    }
    assert.match(refusal(() => loadConfig({ file: join(folder, 'absent') })).text, /cannot be read/);
  });

  it('splits addresses, those of IPv6 too', () => {
    assert.deepEqual(hostAndPort('localhost:80'), { host: 'localhost', port: 80 });
    assert.deepEqual(hostAndPort('[::1]:0'), { host: '::1', port: 0 });
  });
});
