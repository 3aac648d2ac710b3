import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/run.js';
import { foresync } from '../support/cli.js';

interface Serving {
  /** What it printed for the next terminal: FORESYNC_ENDPOINT, … */
  readonly exported: Readonly<Record<string, string>>;
  stop(): Promise<number>;
}

/** Runs `foresync serve` in this process until it is stopped; resolves when it has announced itself. */
async function serve(...args: string[]): Promise<Serving> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const stop = new AbortController();
  const complaints = text(err);
  const ended = run(['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent', ...args], {
    out,
    err,
    isLive: false,
    hasColours: false,
    signal: stop.signal,
  });
  const announced = new Promise<string>((resolve) =>
    out.once('data', (chunk: Buffer) => resolve(String(chunk))),
  );
  const first = await Promise.race([announced, ended]);
  if (typeof first === 'number') {
    err.end();
    throw new Error(`serve ended with ${first}: ${await complaints}`);
  }
  const exported = [...first.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return {
    exported: Object.fromEntries(exported) as Record<string, string>,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

describe('cli: serve --dev, token, put, get, open', function () {
  this.timeout(30_000);
  let folder = '';
  let home = '';
  let serving: Serving;
  let remote: string[] = [];

  before(async () => {
    home = process.cwd();
    folder = mkdtempSync(join(tmpdir(), 'foresync-cli-'));
    // --dev keeps its keys where it is started.
    process.chdir(folder);
    serving = await serve('--dev');
    const { FORESYNC_ENDPOINT, FORESYNC_TOKEN, FORESYNC_SPACE } = serving.exported;
    assert.ok(
      FORESYNC_ENDPOINT !== undefined && FORESYNC_TOKEN !== undefined && FORESYNC_SPACE !== undefined,
    );
    remote = ['--endpoint', FORESYNC_ENDPOINT, '--token', FORESYNC_TOKEN, '--space', FORESYNC_SPACE];
  });
  after(async () => {
    assert.equal(await serving.stop(), 0);
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };

  it('keeps keys that only their owner can read', () => {
    for (const name of ['token.secret', 'server.key']) {
      assert.equal(statSync(join(folder, '.foresync', name)).mode & 0o777, 0o600);
    }
  });

  it('writes, reads and opens', async () => {
    const put = await foresync('put', 'docs/a.md', file('a.md', 'hello'), '--json', ...remote);
    assert.equal(put.code, 0, put.err);
    const written = JSON.parse(put.out) as Record<string, unknown>;
    assert.deepEqual([written['item'], written['version'], written['bytes']], ['docs/a.md', 1, 5]);
    assert.equal((await foresync('get', 'docs/a.md', ...remote)).out, 'hello');
    const saved = await foresync('get', 'docs/a.md', '--out', 'copy.md', ...remote);
    assert.deepEqual([saved.code, saved.out, readFileSync('copy.md', 'utf8')], [0, '', 'hello']);
    const opened = await foresync('open', 'docs/a.md', ...remote);
    assert.deepEqual([opened.code, opened.out], [0, 'hello']);
    assert.match(opened.err, /5 bytes from the network in/);
    const json = await foresync('open', 'docs/a.md', '--json', ...remote);
    assert.equal((JSON.parse(json.out) as Record<string, unknown>)['sha256'], written['sha256']);
  });

  it('keeps what arrived where it is told to', async () => {
    await foresync('put', 'kept', file('kept', 'once'), ...remote);
    const source = async (): Promise<unknown> => {
      const { out } = await foresync('open', 'kept', '--buffer', 'device', '--json', ...remote);
      return (JSON.parse(out) as Record<string, unknown>)['source'];
    };
    assert.deepEqual([await source(), await source()], ['network', 'buffer']);
  });

  it('exports what is kept of a user, and forgets it', async () => {
    const server = remote.slice(0, 4);
    await foresync('put', 'mine', file('mine', 'mine'), ...remote);
    await foresync('open', 'mine', '--buffer', 'forgetful', ...remote);
    const shown = await foresync('export', ...server);
    assert.equal(shown.code, 0, shown.err);
    const lines = shown.out.trimEnd().split('\n');
    const records = lines.map(
      (line) => JSON.parse(line) as { kind: string; record: Record<string, unknown> },
    );
    assert.ok(records.some(({ kind, record }) => kind === 'held' && record['item'] === 'mine'));
    const saved = await foresync('export', 'me.jsonl', ...server);
    assert.deepEqual([saved.code, readFileSync('me.jsonl', 'utf8').includes('"mine"')], [0, true]);
    assert.equal(statSync('me.jsonl').mode & 0o777, 0o600);
    assert.match((await foresync('export', 'me.jsonl', ...server)).err, /--force/);
    assert.match((await foresync('forget', ...server)).err, /--yes/);
    const gone = await foresync('forget', '--yes', '--json', ...server);
    assert.ok((JSON.parse(gone.out) as { removed: number }).removed > 0, gone.err);
    assert.equal((await foresync('export', ...server)).out, '');
    const { out: token } = await foresync('token', '--privacy', '--user', 'desk');
    const asked = ['--user', 'dev', '--endpoint', server[1] ?? '', '--token', token.trim()];
    assert.deepEqual(
      [(await foresync('export', ...asked)).out, (await foresync('export', '--user', 'x', ...server)).code],
      ['', 5],
    );
  });

  it('tells a script what went wrong by its exit code', async () => {
    await foresync('put', 'taken', file('one', '1'), ...remote);
    const wrong: [string[], number, RegExp][] = [
      [['put', 'taken', file('two', '2'), '--create', ...remote], 3, /\[CONFLICT\]/],
      [['put', 'taken', 'two', '--if-match', '0'.repeat(64), ...remote], 3, /\[CONFLICT\]/],
      [['get', 'nowhere', ...remote], 4, /\[ITEM_UNKNOWN\]/],
      [['get', 'taken', ...remote, '--token', 'x.y.z'], 5, /\[UNAUTHENTICATED\]/],
      [['get', 'taken', ...remote, '--space', 'other'], 5, /\[SPACE_FORBIDDEN\]/],
      [
        ['get', 'taken', ...remote, '--endpoint', 'http://127.0.0.1:1', '--timeout', '2'],
        6,
        /\[(UNAVAILABLE|TIMEOUT)\]/,
      ],
      [['get', 'taken', ...remote, '--endpoint', 'nonsense'], 1, /\[FIELD_INVALID\]/],
      [['put', 'taken', 'no-such-file', ...remote], 1, /no-such-file cannot be read/],
      [['get', 'taken', ...remote, '--ca', 'no-such-file'], 1, /--ca: no-such-file cannot be read/],
      [['put', 'taken', 'two', '--if-match', 'short', ...remote], 2, /64 hexadecimal digits/],
    ];
    for (const [args, code, complaint] of wrong) {
      const result = await foresync(...args);
      assert.deepEqual(
        [result.code, complaint.test(result.err)],
        [code, true],
        `${args.join(' ')}: ${result.err}`,
      );
    }
  });

  it('asks what a user needs next, and why', async () => {
    await foresync('put', 'next/a', file('next', 'x'), ...remote);
    await foresync('open', 'next/a', ...remote);
    const backend = await foresync('token', '--backend', '--space', 'notes:read', '--json');
    const { token } = JSON.parse(backend.out) as { token: string };
    const ask = (...args: string[]) =>
      foresync('predict', '--user', 'dev', ...args, ...remote, '--token', token);
    const top = await ask('--k', '2', '--json');
    assert.equal(top.code, 0, top.err);
    const { user, predictions } = JSON.parse(top.out) as {
      user: string;
      predictions: { item: string; score: number; reasons: { text: string }[] }[];
    };
    assert.deepEqual([user, predictions.length], ['dev', 2]);
    const [best] = predictions;
    assert.ok(best !== undefined && best.score > 0 && best.reasons.length > 0);
    const shown = await ask();
    assert.deepEqual([shown.code, shown.out.split('\n')[0]?.split('\t')[1]], [0, best.item]);
    const why = await ask('--item', 'next/a', '--json');
    const { item, features } = JSON.parse(why.out) as { item: string; features: Record<string, number> };
    assert.deepEqual([item, features['used']], ['next/a', 1]);
    assert.match((await ask('--item', 'next/a')).out, /^[\d.e-]+\tnext\/a\t.*\n {2}\S+: /);
    assert.deepEqual((await ask('--user', 'nobody')).out, '');
    assert.equal((await ask('--item', 'nowhere')).code, 4);
    assert.equal((await ask('--k', '101')).code, 2);
    assert.equal((await ask('--k', '1', '--item', 'next/a')).code, 1);
    assert.equal((await foresync('predict', '--user', 'dev', ...remote)).code, 5);
    assert.equal((await foresync('predict', ...remote)).code, 2);
  });

  it('signs tokens for other users and for backends', async () => {
    const backend = await foresync('token', '--backend', '--space', 'notes:write', '--ttl', '5m', '--json');
    const { token, device } = JSON.parse(backend.out) as { token: string; device: string | null };
    assert.equal(device, null);
    const as = (bearer: string): string[] => [...remote.slice(0, 2), '--token', bearer, '--space', 'notes'];
    const put = await foresync('put', 'news', file('news', 'x'), '--audience', 'alice', ...as(token));
    assert.equal(put.code, 0, put.err);
    const reader = await foresync('token', '--user', 'alice', '--device', 'phone', '--space', 'notes:read');
    assert.equal((await foresync('get', 'news', ...as(reader.out.trim()))).out, 'x');
    const refused = await foresync('put', 'news', 'news', ...as(reader.out.trim()));
    assert.equal(refused.code, 5);
    assert.equal((await foresync('token', '--ttl', '5 minutes')).code, 2);
    assert.equal((await foresync('token', '--secret', 'absent')).code, 1);
  });
});

describe('cli: serve', () => {
  it('names the setting that cannot be, and ends with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foresync-cli-'));
    const config = join(folder, 'foresync.json');
    writeFileSync(config, JSON.stringify({ push: { bugdet: 1 } }));
    const wrong: [string[], RegExp][] = [
      [['--config', config], /\[CONFIG_INVALID\] push\.bugdet is no setting/],
      [['--config', join(folder, 'absent')], /cannot be read/],
      [['--policy', 'clairvoyant'], /there is no policy "clairvoyant"/],
      [[], /auth: names no key/],
    ];
    for (const [args, complaint] of wrong) {
      const { code, err } = await foresync(
        'serve',
        '--listen',
        '127.0.0.1:0',
        '--log-level',
        'silent',
        ...args,
      );
      assert.deepEqual([code, complaint.test(err)], [1, true], err);
    }
    rmSync(folder, { recursive: true });
  });

  it('helps', async () => {
    for (const command of ['serve', 'token', 'put', 'get', 'open', 'predict']) {
      const { code, out } = await foresync(command, '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`Usage: foresync ${command}`));
    }
  });
});
