import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FEATURE_SPEC } from '../../../src/app/model.js';
import { RECORDED } from '../../../src/app-recording.js';
import { REPLAY_POLICIES } from '../../../src/replay/policies.js';
import { foresync } from '../../support/cli.js';
import { smallTraceFolder } from '../../support/small-trace.js';
import { manifestOf, tinyModel } from '../../support/tiny-model.js';

interface Figures {
  readonly opens: number;
  readonly zero_wait: number;
  readonly waits_removed: number;
  readonly reach: number | null;
}

interface Report {
  readonly trace: string;
  readonly model_sha256: string | null;
  readonly budget: number;
  readonly policies: Partial<Record<string, Figures>>;
}

describe('cli/replay --in-process', function () {
  this.timeout(60_000); // worker processes compile the sources anew
  let scratch: Awaited<ReturnType<typeof smallTraceFolder>>;
  let trace: string;
  before(async () => {
    scratch = await smallTraceFolder(200);
    ({ trace } = scratch);
  });
  after(() => scratch.remove());

  it('compares all policies, prints the table, writes JSON and a page', async () => {
    const [json, html] = [join(scratch.path, 'out.json'), join(scratch.path, 'out.html')];
    const { code, out, err } = await foresync(
      'replay',
      trace,
      '--in-process',
      '--json',
      json,
      '--html',
      html,
    );
    assert.equal(code, 0, err);
    const report = JSON.parse(await readFile(json, 'utf8')) as Report;
    assert.deepEqual(Object.keys(report.policies), [...REPLAY_POLICIES]);
    assert.deepEqual([report.trace, report.budget], ['small', 1]);
    assert.equal(report.policies['none']?.waits_removed, 0);
    const oracle = report.policies['oracle'];
    assert.ok(oracle !== undefined && oracle.waits_removed > 0);
    assert.equal(oracle.reach, 1);
    assert.equal(new Set(Object.values(report.policies).map((figures) => figures?.opens)).size, 1);
    for (const policy of REPLAY_POLICIES) {
      assert.match(out, new RegExp(`^[▸ ] ${policy} `, 'm'));
      assert.match(err, new RegExp(`^${policy}: 200 steps, \\d+\\.\\d s$`, 'm'));
    }
    assert.match(await readFile(html, 'utf8'), /^<!doctype html>/);
    assert.ok(err.includes(`wrote ${html}\n`) && err.includes(`wrote ${json}\n`));
  });

  it('prints JSON alone for a script, of some policies, in the order of the tables', async () => {
    const { code, out } = await foresync(
      'replay',
      trace,
      '--in-process',
      '--policies',
      'recent,none',
      '--json',
      '-',
      '--workers',
      '1',
    );
    assert.equal(code, 0);
    const report = JSON.parse(out) as Report;
    assert.deepEqual(Object.keys(report.policies), ['none', 'recent']);
    assert.equal(report.policies['recent']?.reach, null);
  });

  it('gives the same figures however many processes run', async () => {
    const args = ['replay', trace, '--in-process', '--policies', 'none,markov,blend', '--json', '-'];
    const [one, three] = [
      await foresync(...args, '--workers', '1'),
      await foresync(...args, '--workers', '3'),
    ];
    assert.deepEqual(withoutTimes(one.out), withoutTimes(three.out));
  });

  it('takes a budget, the last steps, and two devices a user', async () => {
    const args = [
      'replay',
      trace,
      '--in-process',
      '--policies',
      'none,mirror',
      '--json',
      '-',
      '--workers',
      '1',
    ];
    const whole = JSON.parse((await foresync(...args)).out) as Report;
    const cut = JSON.parse((await foresync(...args, '--last-steps', '100')).out) as Report;
    const [all, last] = [whole.policies['none'], cut.policies['none']];
    assert.ok(all !== undefined && last !== undefined);
    assert.deepEqual([all.opens, last.opens], [80, 40]);
    const split = JSON.parse((await foresync(...args, '--split-devices', '2')).out) as Report;
    assert.ok((split.policies['none']?.zero_wait ?? Infinity) < all.zero_wait);
    const poor = JSON.parse((await foresync(...args, '--budget', '0')).out) as Report;
    assert.equal(poor.budget, 0);
    assert.ok(
      (poor.policies['mirror']?.waits_removed ?? 1) <= (whole.policies['mirror']?.waits_removed ?? 0),
    );
  });

  it('names the model when a policy asks the network, and refuses a folder without one', async () => {
    const model = join(scratch.path, 'model');
    const manifest = await writeModel(model);
    const args = ['replay', trace, '--in-process', '--json', '-', '--workers', '1', '--model', model];
    const hashOf = async (policies: string): Promise<string | null> => {
      const { code, out, err } = await foresync(...args, '--policies', policies);
      assert.equal(code, 0, err);
      return (JSON.parse(out) as Report).model_sha256;
    };
    assert.equal(await hashOf('recent,model-bare'), createHash('sha256').update(manifest).digest('hex'));
    assert.equal(await hashOf('recent,layer'), null);
    await rm(model, { recursive: true });
    const gone = await foresync(...args, '--policies', 'model');
    assert.equal(gone.code, 1);
    assert.match(gone.err, /MODEL_INVALID.*manifest\.json/);
  });

  it('tells a wrong command line from a wrong trace', async () => {
    for (const wrong of [
      ['--policies', 'none,magic'],
      ['--budget', '-1'],
      ['--last-steps', '0'],
      ['--split-devices', '3'],
      ['--workers', '0'],
    ]) {
      const { code, err } = await foresync('replay', trace, '--in-process', ...wrong);
      assert.equal(code, 2, wrong.join(' '));
      assert.match(err, /error: option .* argument .* is invalid/);
    }
    const gone = await foresync('replay', join(scratch.path, 'gone'), '--in-process');
    assert.equal(gone.code, 1);
    assert.match(gone.err, /^foresync: \[TRACE_INVALID\] .*gone/);
  });

  it('helps', async () => {
    const { code, out } = await foresync('replay', '--help');
    assert.equal(code, 0);
    for (const option of [
      '--policies',
      '--budget',
      '--in-process',
      '--last-steps',
      '--split-devices',
      '--json',
      '--html',
    ]) {
      assert.ok(out.includes(option), option);
    }
    assert.match(out, /Examples:/);
  });
});

/** The figures without what a clock told. */
function withoutTimes(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (key.startsWith('plan_us') ? undefined : value));
}

/** A model that nobody trained, asked with the columns of now. Answers its manifest. */
async function writeModel(folder: string): Promise<Uint8Array> {
  const { features, descriptors } = RECORDED;
  const sizes = { state: 4, descriptor: descriptors.length, features: features.length };
  const { files } = tinyModel(1, undefined, sizes);
  const manifest = manifestOf(files, sizes, { feature_spec: FEATURE_SPEC, features, descriptors });
  await mkdir(folder);
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'manifest.json'), manifest);
  return manifest;
}
