import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const entryOf = (name: string): string => join(import.meta.dirname, '../src', name);

describe('the browser entry', () => {
  it('bundles without a Node module, without grpc-js, and without what ranks', async () => {
    const { seen, kib, zipped } = await bundleOf('index.browser.ts');
    assert.deepEqual(seen.filter(isOfNode), []);
    assert.deepEqual(
      seen.filter((path) => /ranking\/|src\/rank\/|onnxruntime|zod/.test(path)),
      [],
    );
    assert.ok(
      seen.some((path) => path.includes('hash-wasm')),
      'it is the client that was bundled',
    );
    console.log(`      ${kib} KiB, ${zipped} KiB gzipped`);
  });

  it('would fail if it pulled in what is for Node', async () => {
    await assert.rejects(bundleOf('index.node.ts'), /node:/);
  });
});

describe('the entry of devices that rank', () => {
  it('bundles for browsers: of the server only what ranks', async () => {
    const { seen, kib, zipped } = await bundleOf('rank/index.ts');
    assert.deepEqual(seen.filter(isOfNode), []);
    const rooms = seen.filter((path) => path.startsWith('src/')).map((path) => path.split('/')[1]);
    assert.deepEqual([...new Set(rooms)].sort(), ['context', 'domain', 'predictor']);
    console.log(`      ${kib} KiB, ${zipped} KiB gzipped, besides the model and its WebAssembly`);
  });
});

interface Bundle {
  /** What it is made of, and what that imports. */
  readonly seen: readonly string[];
  readonly kib: number;
  readonly zipped: number;
}

async function bundleOf(name: string): Promise<Bundle> {
  // A Node module does not resolve for this platform: the build would fail.
  const { metafile, outputFiles } = await build({
    entryPoints: [entryOf(name)],
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
  const imports = Object.entries(metafile.inputs)
    // It asks for Node's modules only where it finds itself in Node.
    .filter(([file]) => !file.includes('node_modules/onnxruntime-web/'))
    .flatMap(([, input]) => input.imports.map(({ path }) => path));
  const [bundle] = outputFiles;
  assert.ok(bundle !== undefined);
  const [kib = 0, zipped = 0] = [bundle.contents.length, gzipSync(bundle.contents).length].map((bytes) =>
    Math.ceil(bytes / 1024),
  );
  return { seen: [...Object.keys(metafile.inputs), ...imports], kib, zipped };
}

const isOfNode = (path: string): boolean =>
  /@grpc|grpc-js/.test(path) || path.startsWith('node:') || builtinModules.includes(path);
