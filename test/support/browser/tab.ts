import type { BrowserContext, Page } from 'playwright-core';
import type { Harness, HarnessOptions, OpenedText } from './harness-api.js';

type Verb = {
  [Name in keyof Harness]: Harness[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Harness];
type Answer<Name extends Verb> = Awaited<ReturnType<Harness[Name]>>;

/** A tab of a browser with the client in it, told what to do by a test. */
export class Tab {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, origin: string): Promise<Tab> {
    const page = await context.newPage();
    await page.goto(origin);
    await page.waitForFunction('globalThis.harness !== undefined');
    return new Tab(page);
  }

  async call<Name extends Verb>(verb: Name, ...args: Parameters<Harness[Name]>): Promise<Answer<Name>> {
    const said = args.map((argument) => JSON.stringify(argument)).join(', ');
    return this.page.evaluate<Answer<Name>>(`globalThis.harness.${verb}(${said})`);
  }

  /** The same in the page's worker, which is made the first time. */
  callWorker<Name extends Verb>(verb: Name, ...args: Parameters<Harness[Name]>): Promise<Answer<Name>> {
    const said = JSON.stringify({ verb, args });
    return this.page.evaluate<Answer<Name>>(`new Promise((resolve, reject) => {
      globalThis.worker ??= new Worker('/worker.js', { type: 'module' });
      globalThis.worker.onmessage = ({ data }) => resolve(data);
      globalThis.worker.onerror = ({ message }) => reject(new Error(message));
      globalThis.worker.postMessage(${said});
    })`);
  }

  connect(options: HarnessOptions): Promise<string> {
    return this.call('connect', options);
  }

  open(item: string): Promise<OpenedText> {
    return this.call('open', item);
  }

  /** Waits until the page says so; bounded. */
  async until(condition: string, what: string): Promise<void> {
    try {
      await this.page.waitForFunction(condition, null, { timeout: 20_000, polling: 50 });
    } catch (cause) {
      const heard = JSON.stringify(await this.call('heard'));
      throw new Error(`never in the page: ${what}; it heard ${heard}`, { cause });
    }
  }

  live(): Promise<void> {
    return this.until("harness.state() === 'live'", 'the client is live');
  }

  holds(item: string): Promise<void> {
    return this.until(`harness.held(${JSON.stringify(item)})`, `it holds ${item}`);
  }
}
