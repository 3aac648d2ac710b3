import type { ConnectOptions, ForesyncClient, ForesyncEvent } from '@foresync/client/browser';
import { connect, ForesyncClientError } from '@foresync/client/browser';
import { ranking } from '@foresync/client/rank';
import type { Harness } from '../../support/browser/harness-api.js';
import { limitStorage } from './limit-storage.js';

declare global {
  var harness: Harness;
  /** The test's, where it gives tokens. */
  var fetchToken: () => Promise<string>;
}

const WASM = '/ort-wasm-simd-threaded.wasm';
const BACKOFF = { initialMs: 50, factor: 1.5, maxMs: 500 };
const heard: { kind: string; item: string; detail: string }[] = [];
let client: ForesyncClient | undefined;
const connected = (): ForesyncClient => client ?? fail();

globalThis.harness = {
  async connect({ endpoint, token, startOffline = false, memory = false, capacityBytes, model, nowMs }) {
    const options: ConnectOptions = {
      endpoint,
      token: token ?? (() => globalThis.fetchToken()),
      spaces: ['notes'],
      startOffline,
      batchWindowMs: 5,
      backoff: BACKOFF,
      connectTimeoutMs: 20_000,
      buffer: { kind: memory ? 'memory' : 'indexeddb', capacityBytes },
      ranking:
        model === undefined ? undefined : ranking({ model: new URL(model, location.href), wasm: WASM }),
      now: nowMs === undefined ? undefined : () => nowMs,
    };
    try {
      client = await connect(options);
    } catch (error) {
      return ForesyncClientError.from(error).code;
    }
    void listen(client.events());
    return client.state;
  },
  async open(item, timeoutMs = 10_000) {
    try {
      const {
        content,
        source,
        waitMs,
        stale,
        ageMs = null,
      } = await connected().open('notes', item, { timeoutMs });
      return { text: new TextDecoder().decode(content), source, waitMs, stale, ageMs, error: null };
    } catch (error) {
      const { code } = ForesyncClientError.from(error);
      return { text: '', source: '', waitMs: 0, stale: false, ageMs: null, error: code };
    }
  },
  async write(item, text) {
    const { checkpoint } = await connected().write('notes', item, new TextEncoder().encode(text));
    return checkpoint.dataHash;
  },
  async view(item) {
    connected().report({ type: 'viewed', item });
    await connected().flush({ timeoutMs: 10_000 });
  },
  report(views) {
    for (const { item, timeMs } of views) connected().report({ type: 'viewed', item, timeMs });
  },
  async rank() {
    try {
      const ranked = await connected().rank('notes');
      return ranked.map(({ checkpoint, score, reasons }) => ({
        item: checkpoint.item,
        score,
        reasons: reasons.map(({ text }) => text),
      }));
    } catch (error) {
      return ForesyncClientError.from(error).message;
    }
  },
  checkpoint: (item) => connected().held('notes', item)?.checkpoint ?? null,
  flush: () => connected().flush({ timeoutMs: 10_000 }),
  heard: () => heard,
  state: () => connected().state,
  stats: () => connected().stats,
  held: (item) => connected().held('notes', item) !== undefined,
  async list() {
    const items: string[] = [];
    for await (const { item } of connected().list('notes')) items.push(item);
    return items;
  },
  close: () => connected().close(),
  corrupt(from, to) {
    replaced = { from, to };
  },
  mend() {
    replaced = undefined;
  },
  limitStorage,
};

const honest = globalThis.fetch;
let replaced: { readonly from: string; readonly to: string } | undefined;
globalThis.fetch = async (...request) => {
  const response = await honest(...request);
  return new Response(response.body?.pipeThrough(replacing()), response);
};

async function listen(events: AsyncIterable<ForesyncEvent>): Promise<void> {
  for await (const event of events) {
    const item = 'checkpoint' in event ? event.checkpoint.item : 'item' in event ? event.item : '';
    const detail =
      event.kind === 'connection' ? event.state : event.kind === 'pushed' ? String(event.content) : '';
    heard.push({ kind: event.kind, item, detail });
  }
}

/** Bytes as Latin-1, so that nothing but the text is changed. A text that is cut in two by the network is left alone. */
function replacing(): TransformStream<Uint8Array, Uint8Array> {
  const latin1 = new TextDecoder('latin1');
  return new TransformStream({
    transform(chunk, controller) {
      const at = replaced === undefined ? -1 : latin1.decode(chunk).indexOf(replaced.from);
      if (replaced !== undefined && at >= 0) chunk.set(new TextEncoder().encode(replaced.to), at);
      controller.enqueue(chunk);
    },
  });
}

function fail(): never {
  throw new Error('not connected');
}
