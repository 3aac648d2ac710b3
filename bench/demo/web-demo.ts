import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTrace } from '../../src/replay/trace.js';
import { bundled } from '../../test/support/browser/bundle.js';
import { modelFile } from '../../test/support/browser/model-files.js';
import type { Serve } from '../../test/support/browser/page-server.js';
import { PageServer } from '../../test/support/browser/page-server.js';
import { EnvoyProcess, envoyBinary } from '../../test/support/envoy/envoy-process.js';
import type { DemoFacts } from '../../clients/web/src/demo-facts.js';
import { WarmSpace } from './warm-space.js';

const PAGE = join(import.meta.dirname, '../../clients/web');
const TRACE = join(import.meta.dirname, '../traces/git-hono');
/** Where the page is, if nobody else is there. */
const PORT = 7680;
/** Contents are pushed that are needed within the next ten steps with this probability, while the budget lasts. */
const THRESHOLD = 0.1;
/** Bytes that may be pushed for each byte that is opened: one for each of the two devices. */
const BUDGET = 2;

export interface WebDemoOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** The page of clients/web, the real Envoy, and a live server with a warm space behind it. */
export class WebDemo {
  readonly #opened: { stop(): Promise<void> }[] = [];
  /** Where the page is. */
  url = '';

  /** Resolves when the page can be opened; leaves nothing behind when it cannot. */
  static async start({ signal, onProgress }: WebDemoOptions): Promise<WebDemo> {
    // First what a machine may lack.
    await envoyBinary();
    const trace = await loadTrace(TRACE);
    const demo = new WebDemo();
    try {
      const push = { threshold: THRESHOLD, budget: BUDGET };
      const space = await WarmSpace.start({ trace, ...push, signal, onProgress });
      demo.#opened.push(space);
      const envoy = await EnvoyProcess.start({ nodes: [space.port] });
      demo.#opened.push(envoy);
      const people = new Set(trace.steps.map(({ user }) => user)).size;
      const { name, person, next } = space;
      const facts = { endpoint: envoy.url, space: name, person, people, ...push, next };
      const pages = await PageServer.start(answers(space, facts), PORT);
      demo.#opened.push(pages);
      demo.url = pages.origin;
      return demo;
    } catch (error) {
      await demo.stop();
      throw error;
    }
  }

  /** What was opened last is closed first. */
  async stop(): Promise<void> {
    for (let part = this.#opened.pop(); part !== undefined; part = this.#opened.pop()) await part.stop();
  }
}

function answers(space: WarmSpace, facts: DemoFacts): Serve {
  return async ({ pathname, searchParams }, method) => {
    switch (`${method} ${pathname}`) {
      case 'GET /demo.json':
        return json(facts);
      case 'GET /token':
        return { type: 'text/plain', body: await space.token(searchParams.get('device') ?? 'laptop') };
      case 'POST /turn':
        return json(await space.turn());
      case 'GET /':
        return { type: 'text/html; charset=utf-8', body: await readFile(join(PAGE, 'index.html')) };
      // Made anew each time: who works on the page only loads it again.
      case 'GET /style.css':
        return { type: 'text/css', body: await bundleOf('style.css', pathname) };
      case 'GET /main.js':
        return { type: 'text/javascript', body: await bundleOf('main.tsx', pathname) };
      default:
        return method === 'GET' ? modelFile(pathname) : undefined;
    }
  };
}

async function bundleOf(file: string, path: string): Promise<string> {
  return (await bundled([join(PAGE, 'src', file)])).get(path) ?? '';
}

const json = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) });
