import { Acks } from './acks.js';
import type { OnHolding } from './buffer.js';
import { DeviceBuffer } from './buffer.js';
import { Foresync } from './client.js';
import { Committer } from './committer.js';
import { Connection } from './connection.js';
import { ContentVerbs } from './content-verbs.js';
import type { Device } from './device.js';
import { keepLearned, noCounts, tellDropped } from './device.js';
import { ForesyncClientError, storageFailed } from './errors.js';
import { EventBus } from './event-bus.js';
import { Opener } from './opener.js';
import { Opens } from './opens.js';
import type { Settings } from './options.js';
import { Outbox } from './outbox.js';
import { termHash } from './query-terms.js';
import type { RecordLog } from './record-log.js';
import { Reporter } from './reporter.js';
import { loadHashing } from './sha256.js';
import type { BufferStorage } from './storage.js';
import { TokenSource } from './token-source.js';
import type { Transport } from './transport.js';
import { within } from './within.js';

/** What a client stands on; made by the entries, each for where it runs. */
export interface Ground {
  readonly transport: Transport;
  readonly storage: BufferStorage;
  /** Bytes of content that the device keeps. */
  readonly capacity: number;
  readonly outboxLog: RecordLog;
  /** What a ranking learns from. */
  readonly learnedLog: RecordLog;
  /** Hears what is held, from the start on. */
  readonly onHolding?: OnHolding;
  /** Closes what was opened for this client alone; storage and log are closed by then. */
  readonly release: () => void;
}

/** How long a session may take to begin, ms. */
const WELCOME_MS = 20_000;

/** Puts a client together and connects it. Rejects with what keeps it from connecting; nothing is left open then. */
export async function start(settings: Settings, ground: Ground): Promise<Foresync> {
  const client = await assembled(settings, ground);
  if (settings.startOffline) return client.foresync;
  try {
    await within(client.connection.liveSession(), {
      signal: settings.signal,
      timeoutMs: settings.connectTimeoutMs,
    });
    return client.foresync;
  } catch (thrown) {
    const lastError = client.connection.error;
    await client.foresync.close();
    throw reasonOf(thrown, lastError);
  }
}

async function assembled(
  settings: Settings,
  ground: Ground,
): Promise<{ readonly foresync: Foresync; readonly connection: Connection }> {
  const { transport } = ground;
  const { budget, spaces, locationPermitted, clientVersion, backoff, now } = settings;
  const device = await opened(settings, ground, () => connection.session?.nudge());
  const tokens = new TokenSource(settings.token);
  const options = { transport, tokens, spaces, locationPermitted, clientVersion, backoff, now };
  const connection = new Connection(device, budget, {
    ...options,
    welcomeMs: WELCOME_MS,
    random: Math.random,
  });
  const opener = new Opener(device, connection, now);
  const content = new ContentVerbs(device, connection, transport, tokens);
  const release = (): Promise<void> => released(device, ground);
  return { foresync: new Foresync({ device, connection, opener, content, settings, release }), connection };
}

/** Reads what earlier runs left on the device. `nudge`: there is something to send. */
async function opened(settings: Settings, ground: Ground, nudge: () => void): Promise<Device> {
  const { now } = settings;
  const events = new EventBus();
  const counters = noCounts();
  const hashing = await loadHashing();
  try {
    const { capacity, onHolding } = ground;
    const buffer = await DeviceBuffer.open(ground.storage, { hashing, capacity, now, onHolding });
    const lose = (activities: number): void => {
      counters.activitiesLost += activities;
      events.publish({ kind: 'lost', activities });
    };
    const outbox = await Outbox.open(ground.outboxLog, lose);
    const onFailure = (error: ForesyncClientError): void => events.publish({ kind: 'storage', error });
    const commit = async (): Promise<void> => {
      await buffer.commit();
      // A full storage may have cost something.
      tellDropped({ buffer, acks, events });
    };
    const bufferCommits = new Committer(commit, onFailure);
    const outboxCommits = new Committer(() => outbox.commit(), onFailure);
    const ranking = await settings.ranking.begin({ buffer, hashing, log: ground.learnedLog });
    const rankingCommits = new Committer(() => ranking.commit(), onFailure);
    const acks = new Acks(
      settings.spaces,
      ({ space, item, dataHash }) => buffer.get(space, item)?.checkpoint.dataHash === dataHash,
      nudge,
    );
    const reporter = new Reporter({
      windowMs: settings.batchWindowMs,
      onLost: () => lose(1),
      onBatch: (batch) => {
        outbox.add(batch);
        ranking.follow(batch);
        keepLearned({ rankingCommits });
        // A failure is told by the committer; what is not stored is not sent.
        outboxCommits.request().then(nudge, () => undefined);
      },
    });
    if (buffer.queryKey !== undefined) reporter.useKey(await termHash(buffer.queryKey));
    const opens = new Opens(buffer);
    const kept = { buffer, bufferCommits, outbox, outboxCommits, ranking, rankingCommits };
    return { ...kept, acks, opens, reporter, events, hashing, counters };
  } catch (error) {
    await ground.learnedLog.close();
    await ground.outboxLog.close();
    await ground.storage.close();
    ground.release();
    throw error;
  }
}

/** Stores what is left to be stored, and closes everything whether that works or not. Throws STORAGE_FAILED. */
async function released(
  { bufferCommits, outboxCommits, rankingCommits, outbox, buffer, ranking }: Device,
  ground: Ground,
): Promise<void> {
  const stored = await Promise.allSettled([
    outboxCommits.stop(),
    bufferCommits.stop(),
    rankingCommits.stop(),
  ]);
  // The buffer's storage last: it releases the folder that both use.
  const closed = [
    ...(await Promise.allSettled([outbox.close(), ranking.close()])),
    ...(await Promise.allSettled([buffer.close()])),
  ];
  ground.release();
  for (const result of [...stored, ...closed])
    if (result.status === 'rejected') throw storageFailed(result.reason);
}

/** Why there is no connection says more than that the time was up. */
function reasonOf(thrown: unknown, lastError: ForesyncClientError | undefined): unknown {
  if (!(thrown instanceof ForesyncClientError) || thrown.code !== 'TIMEOUT' || lastError === undefined)
    return thrown;
  return new ForesyncClientError('TIMEOUT', `not connected in time: ${lastError.message}`, {
    cause: lastError,
  });
}
