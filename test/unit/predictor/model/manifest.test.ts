import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { checkedFile, parseManifest } from '../../../../src/predictor/model/manifest.js';
import { manifestOf, sha256, TINY_SIZES, TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

const { files } = tinyModel();
const parse = (more: Readonly<Record<string, unknown>>) =>
  parseManifest(manifestOf(files, TINY_SIZES, more), TINY_SPEC);

const refuses = (more: Readonly<Record<string, unknown>>, message: RegExp): void =>
  assert.throws(() => parse(more), { code: 'MODEL_INVALID', message });

describe('the manifest of a model', () => {
  it('is read; keys that nobody knows are ignored', () => {
    const manifest = parse({ calibration: { a: 1 }, licence: 'CC0' });
    assert.equal(manifest.featureSpec, TINY_SPEC);
    assert.deepEqual(manifest.features, ['f0', 'f1', 'f2', 'f3', 'f4']);
    assert.deepEqual(manifest.descriptors, ['d0', 'd1', 'd2']);
    assert.deepEqual(manifest.sizes, TINY_SIZES);
    assert.deepEqual(manifest.calibration, { a: 1 });
    assert.equal(manifest.files.score.file, 'score.onnx');
    assert.deepEqual(parse({ calibration: undefined }).calibration, {});
  });

  it('is refused, naming the field, for what it cannot have', () => {
    refuses({ format: 2 }, /manifest\.json format: expected/);
    refuses({ feature_spec: 'zz' }, /manifest\.json feature_spec: expected/);
    refuses({ feature_spec: 'f00d' }, /feature_spec: expected 5bec, found f00d/);
    refuses({ features: ['one'] }, /sizes\.features: expected 1, found 5/);
    refuses({ descriptors: [] }, /sizes\.descriptor: expected 0, found 3/);
    refuses({ sizes: { ...TINY_SIZES, state: 1001 } }, /sizes\.state: expected .*1000/);
    refuses({ sizes: { ...TINY_SIZES, state: 0 } }, /sizes\.state/);
    refuses({ files: { advance: { file: 'a.onnx', sha256: 'ab' } } }, /files\.advance\.sha256/);
    for (const file of ['../x.onnx', '/etc/passwd', 'a/b', '..', ''])
      refuses({ files: { advance: { file, sha256: 'a'.repeat(64) } } }, /files\.advance\.file/);
  });

  it('is JSON of a bounded size in UTF-8', () => {
    const invalid = { code: 'MODEL_INVALID' };
    assert.throws(() => parseManifest(Buffer.from('{'), TINY_SPEC), invalid);
    assert.throws(() => parseManifest(Buffer.from([0x22, 0xff, 0x22]), TINY_SPEC), invalid);
    assert.throws(() => parseManifest(Buffer.from('[]'), TINY_SPEC), invalid);
    assert.throws(() => parseManifest(Buffer.alloc(1024 * 1024 + 1, 0x20), TINY_SPEC), invalid);
  });

  it('is read or refused, whatever its bytes are', () =>
    fc.assert(
      fc.property(fc.json(), (json) => {
        try {
          parseManifest(Buffer.from(json), TINY_SPEC);
        } catch (error) {
          assert.ok(error instanceof ForesyncError && error.code === 'MODEL_INVALID', String(error));
        }
      }),
    ));

  it('knows its files by their hashes', () => {
    const { score } = parse({}).files;
    assert.equal(checkedFile(score, files, sha256), files.get('score.onnx'));
    const other = new Map([['score.onnx', Buffer.from('other')]]);
    assert.throws(() => checkedFile(score, other, sha256), { code: 'MODEL_INVALID', message: /sha256/ });
  });
});
