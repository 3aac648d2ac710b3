import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { dirname } from 'node:path';
import { foresync } from '../support/cli.js';
import { until } from '../support/until.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe('npm run cluster', function () {
  this.timeout(90_000);

  it('starts what compose describes, says how to reach it, and leaves nothing behind', async () => {
    const [program = '', ...args] = (scripts['cluster'] ?? '').split(' ');
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    const ended = once(child, 'exit');
    try {
      await until(() => out.includes('Ctrl-C ends it') || child.exitCode !== null, 'it is up', 60_000);
      for (const [part, count] of [
        ['redis primary', 3],
        ['redis replica', 3],
        ['server node', 2],
        ['envoy', 1],
      ] as const)
        assert.equal(out.match(new RegExp(`^${part} .*127\\.0\\.0\\.1:\\d+`, 'gm'))?.length, count, out);
      const exported = new Map(
        [...out.matchAll(/FORESYNC_(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]),
      );
      const token = exported.get('TOKEN') ?? '';
      const remote = ['--endpoint', exported.get('ENDPOINT') ?? '', '--token', token, '--space', 'notes'];
      const put = await foresync('put', 'hello.txt', 'README.md', ...remote);
      assert.equal(put.code, 0, put.err);
      const got = await foresync('get', 'hello.txt', ...remote);
      assert.deepEqual([got.code, got.out], [0, readFileSync('README.md', 'utf8')]);
    } finally {
      child.kill('SIGINT');
      await ended;
    }
    const ports = [...out.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    for (const port of new Set(ports)) assert.equal(await listens(port), false, `${port} is still served`);
    const secret = /--secret (\S+)/.exec(out)?.[1] ?? '';
    assert.ok(secret !== '' && !existsSync(dirname(secret)), 'its folder is gone');
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}
