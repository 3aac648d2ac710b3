import { lockOf } from '../browser-buffer.js';
import type { OnHolding } from '../buffer.js';
import type { Foresync } from '../client.js';
import { ContentReads } from '../content-reads.js';
import { toHex } from '../hex.js';
import { openDatabase } from '../idb-database.js';
import { IdbLog } from '../idb-log.js';
import type { Settings } from '../options.js';
import { loadHashing } from '../sha256.js';
import { start } from '../start.js';
import { IdbStorage } from '../storage-idb.js';
import { TokenSource } from '../token-source.js';
import type { Transport } from '../transport.js';
import { within } from '../within.js';
import type { TabMessage } from './messages.js';
import type { ForesyncClient } from './tab-client.js';
import { TabClient } from './tab-client.js';

export interface TabDevice {
  /** Of its database. */
  readonly name: string;
  readonly transport: Transport;
  readonly capacity: number;
  readonly release: () => void;
}

/** Connects this tab to its device, whichever tab has the stream and the buffer. Rejects with what keeps it from that. */
export async function connectTab(settings: Settings, device: TabDevice): Promise<ForesyncClient> {
  const { name, transport } = device;
  const channel = new BroadcastChannel(lockOf(name));
  const client = new TabClient({
    id: toHex(crypto.getRandomValues(new Uint8Array(8))),
    settings,
    post: (message) => channel.postMessage(message),
    hear: (listener) => {
      channel.onmessage = ({ data }) => listener(data as TabMessage);
    },
    turn: async (lead, signal) => {
      await navigator.locks.request(lockOf(name), { signal }, lead);
    },
    start: (onHolding) => opened(settings, device, onHolding),
    reads: new ContentReads(await loadHashing(), transport, new TokenSource(settings.token)),
    release: () => {
      channel.close();
      device.release();
    },
  });
  try {
    await within(client.ready(), { signal: settings.signal, timeoutMs: settings.connectTimeoutMs });
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Connects by itself: who waits for it watches its state. */
async function opened(settings: Settings, device: TabDevice, onHolding: OnHolding): Promise<Foresync> {
  const { transport, capacity } = device;
  const database = await openDatabase(device.name);
  const logs = { outboxLog: new IdbLog(database, 'outbox'), learnedLog: new IdbLog(database, 'learned') };
  const ground = { transport, capacity, storage: new IdbStorage(database), ...logs };
  return start({ ...settings, startOffline: true }, { ...ground, onHolding, release: () => undefined });
}
