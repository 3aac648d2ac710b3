import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foresync } from '../../support/cli.js';
import { smallTraceFolder, writeSmallTrace } from '../../support/small-trace.js';

interface Meta {
  readonly steps: number;
  readonly rows: number;
  readonly features: readonly string[];
  readonly trace_sha256: string;
  readonly last_steps: number | null;
  readonly seed: number;
}

describe('cli/features', () => {
  let scratch: Awaited<ReturnType<typeof smallTraceFolder>>;
  let trace: string;
  let out: string;
  beforeEach(async () => {
    scratch = await smallTraceFolder(60);
    [trace, out] = [scratch.trace, join(scratch.path, 'features')];
  });
  afterEach(() => scratch.remove());

  const features = (...options: string[]) => foresync('features', trace, '--out', out, ...options);
  const metaOf = async () => JSON.parse(await readFile(join(out, 'meta.json'), 'utf8')) as Meta;
  const sizeOf = async (file: string) => (await stat(join(out, file))).size;

  it('writes columns of the sizes that its meta.json says, and from what they were made', async () => {
    const { code, out: printed, err } = await features('--last-steps', '50');
    assert.equal(code, 0, err);
    assert.equal(printed, `${out}\n`);
    const meta = await metaOf();
    assert.deepEqual([meta.steps, meta.last_steps, meta.seed], [50, 50, 1]);
    assert.match(meta.trace_sha256, /^[0-9a-f]{64}$/);
    assert.ok(meta.rows > 0);
    assert.equal(await sizeOf('features.f32'), 4 * meta.rows * meta.features.length);
    assert.equal(await sizeOf('step_user.u32'), 4 * meta.steps);
  });

  it('keeps, if asked to, what would be the same again', async () => {
    await features();
    await writeFile(join(out, 'bytes.f32'), '');
    const { code, err } = await features('--reuse');
    assert.equal(code, 0);
    assert.match(err, /there already/);
    assert.equal(await sizeOf('bytes.f32'), 0);
    assert.doesNotMatch((await features()).err, /there already/);
    assert.equal(await sizeOf('bytes.f32'), 4 * (await metaOf()).rows);
  });

  it('writes anew for another seed, another trace, another pusher, or what was cut off', async () => {
    await features();
    assert.doesNotMatch((await features('--reuse', '--seed', '2')).err, /there already/);
    assert.equal((await metaOf()).seed, 2);
    await writeSmallTrace(trace, 61);
    assert.doesNotMatch((await features('--reuse', '--seed', '2')).err, /there already/);
    assert.equal((await metaOf()).steps, 61);
    const pushing = ['--seed', '2', '--pushing', 'recent', '--budget', '2'];
    assert.doesNotMatch((await features('--reuse', ...pushing)).err, /there already/);
    assert.match((await features('--reuse', ...pushing)).err, /there already/);
    await rm(join(out, 'meta.json'));
    assert.doesNotMatch((await features('--reuse', '--seed', '2')).err, /there already/);
    assert.match((await features('--reuse', '--seed', '2')).err, /there already/);
  });

  it('names the trace that cannot be read', async () => {
    await rm(join(trace, 'meta.json'));
    const { code, err } = await features('--reuse');
    assert.equal(code, 1);
    assert.match(err, /^foresync: \[TRACE_INVALID\] .*meta\.json.*cannot be read/);
  });
});
