import { build } from 'esbuild';

/** Scripts and styles for browsers, each file with all that it imports, by the path to serve it under: `/name.js`. */
export async function bundled(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [...files],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['foresync-dev', 'browser'],
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
