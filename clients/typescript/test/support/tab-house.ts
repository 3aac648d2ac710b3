import { groundIn } from '../../src/buffer-options.js';
import { ContentReads } from '../../src/content-reads.js';
import { settingsOf } from '../../src/options.js';
import { loadHashing } from '../../src/sha256.js';
import { start } from '../../src/start.js';
import type { TabMessage } from '../../src/tabs/messages.js';
import { TabClient } from '../../src/tabs/tab-client.js';
import { TokenSource } from '../../src/token-source.js';
import { grpcTransport } from '../../src/transport-grpc.js';
import { QUICK } from './with-client.js';

/** What a browser gives the tabs of an origin: a channel that copies what is said, and a lock that is waited for in turn. */
export class TabHouse {
  readonly #listeners = new Map<string, (message: TabMessage) => void>();
  readonly #endpoint: string;
  readonly #folder: string;
  #lock: Promise<unknown> = Promise.resolve();
  #tabs = 0;

  /** `folder` is where the device's buffer lies. */
  constructor(endpoint: string, folder: string) {
    this.#endpoint = endpoint;
    this.#folder = folder;
  }

  async tab(spaces: readonly string[] = ['s']): Promise<{ readonly client: TabClient; readonly id: string }> {
    const id = `tab ${this.#tabs++}`;
    const settings = settingsOf({
      token: 'a token',
      spaces,
      backoff: QUICK,
      batchWindowMs: 5,
      startOffline: true,
    });
    const transport = grpcTransport({ endpoint: this.#endpoint });
    const client = new TabClient({
      id,
      settings,
      post: (message) => this.#post(id, message),
      hear: (listener) => void this.#listeners.set(id, listener),
      turn: (lead, signal) => this.#turn(lead, signal),
      start: (onHolding) => {
        const ground = groundIn({ kind: 'directory', path: this.#folder, surviving: 'process' });
        return start(settings, { ...ground, transport, onHolding, release: () => undefined });
      },
      reads: new ContentReads(await loadHashing(), transport, new TokenSource('a token')),
      release: () => transport.close(),
    });
    return { client, id };
  }

  /** The tab is gone: nobody hears another word of it, and its lock is free. */
  async kill({ client, id }: { readonly client: TabClient; readonly id: string }): Promise<void> {
    this.#listeners.delete(id);
    await client.close();
  }

  #post(from: string, message: TabMessage): void {
    if (!this.#listeners.has(from)) return;
    for (const [to, listener] of this.#listeners)
      if (to !== from) setImmediate(() => this.#listeners.has(to) && listener(structuredClone(message)));
  }

  async #turn(lead: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const before = this.#lock;
    const left = new Promise<'left'>((resolve) => signal.addEventListener('abort', () => resolve('left')));
    const turn = Promise.race([before, left]).then((first) => (first === 'left' ? undefined : lead()));
    // Who leaves while waiting holds nobody up, and nobody goes before those who were there first.
    this.#lock = Promise.allSettled([before, turn]);
    await turn;
  }
}
