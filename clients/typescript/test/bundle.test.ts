import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const entry = join(import.meta.dirname, '../src/index.browser.ts');

describe('the browser entry', () => {
  it('bundles without a Node module and without grpc-js', async () => {
    // A Node module does not resolve for this platform: the build would fail.
    const { metafile, outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      conditions: ['foresync-dev'],
      logLevel: 'silent',
    });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    const seen = [...Object.keys(metafile.inputs), ...imports];
    assert.deepEqual(
      seen.filter((path) => /@grpc|grpc-js/.test(path)),
      [],
    );
    assert.deepEqual(
      seen.filter((path) => path.startsWith('node:') || builtinModules.includes(path)),
      [],
    );
    assert.ok(
      seen.some((path) => path.includes('hash-wasm')),
      'it is the client that was bundled',
    );
    const [bundle] = outputFiles;
    assert.ok(bundle !== undefined);
    const [kib, zipped] = [bundle.contents.length, gzipSync(bundle.contents).length].map((bytes) =>
      Math.ceil(bytes / 1024),
    );
    console.log(`      ${kib} KiB, ${zipped} KiB gzipped`);
  });

  it('would fail if it pulled in what is for Node', async () => {
    const building = build({
      entryPoints: [join(import.meta.dirname, '../src/index.node.ts')],
      bundle: true,
      write: false,
      platform: 'browser',
      conditions: ['foresync-dev'],
      logLevel: 'silent',
    });
    await assert.rejects(building, /node:/);
  });
});
