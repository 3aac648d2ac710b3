import type { Browser, BrowserContext } from 'playwright-core';
import { connect } from '@foresync/client';
import type { PartialConfig } from '../../../src/config.js';
import { EnvoyProcess } from '../envoy/envoy-process.js';
import type { NodeWorlds } from '../node-worlds.js';
import { nodeWorlds } from '../node-worlds.js';
import { launchChromium } from './chromium.js';
import { serveHarness } from './harness-page.js';
import type { PageServer } from './page-server.js';
import { Tab } from './tab.js';

export type Laptop = Awaited<ReturnType<typeof connect>>;

/** Two live nodes, the real Envoy before them, and a real browser before that. */
export class BrowserWorld {
  readonly nodes: NodeWorlds;
  readonly envoy: EnvoyProcess;
  readonly #browser: Browser;
  readonly #pages: PageServer;
  #context: BrowserContext | undefined;

  private constructor(nodes: NodeWorlds, envoy: EnvoyProcess, browser: Browser, pages: PageServer) {
    this.nodes = nodes;
    this.envoy = envoy;
    this.#browser = browser;
    this.#pages = pages;
  }

  /** `envoyChange` changes the text of envoy.yaml, for times that no test can wait for. */
  static async start(
    change: PartialConfig = {},
    envoyChange?: (config: string) => string,
  ): Promise<BrowserWorld> {
    const browser = await launchChromium();
    const pages = await serveHarness();
    const nodes = await nodeWorlds(2, change);
    const ports = nodes.nodes.map(({ port }) => port);
    const envoy = await EnvoyProcess.start({ nodes: ports, ...(envoyChange && { change: envoyChange }) });
    return new BrowserWorld(nodes, envoy, browser, pages);
  }

  get origin(): string {
    return this.#pages.origin;
  }

  /** Sessions that the nodes hold. */
  get sessions(): number {
    return this.nodes.nodes.reduce((sum, { app }) => sum + app.sessions, 0);
  }

  /** A tab of the same browser profile as the others of this test. */
  async tab(): Promise<Tab> {
    this.#context ??= await this.#browser.newContext();
    return Tab.open(this.#context, this.origin);
  }

  /** The next tab is of another profile: nothing is kept of this one. */
  async forget(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Another device of the same user, native, at a node of its own. */
  async laptop(user: string): Promise<Laptop> {
    const token = await this.nodes.tokens.token({ user, device: 'laptop' });
    return connect({
      endpoint: `http://127.0.0.1:${this.nodes.nodes[1]?.port ?? 0}`,
      token,
      spaces: ['notes'],
      batchWindowMs: 5,
    });
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#pages.stop();
    await this.envoy.stop();
    await this.nodes.stop();
  }
}
