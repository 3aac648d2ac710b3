import { join } from 'node:path';
import { bundled } from './bundle.js';
import { modelFile } from './model-files.js';
import { PageServer } from './page-server.js';

const PAGE = join(import.meta.dirname, '../../browser/page');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>harness</title><script type="module" src="/harness.js"></script>';

/** Serves the harness to browsers. */
export async function serveHarness(): Promise<PageServer> {
  const scripts = await bundled([join(PAGE, 'harness.ts'), join(PAGE, 'worker.ts')]);
  return PageServer.start(({ pathname }) => {
    if (pathname === '/') return { type: 'text/html', body: HTML };
    const script = scripts.get(pathname);
    return script === undefined ? modelFile(pathname) : { type: 'text/javascript', body: script };
  });
}
