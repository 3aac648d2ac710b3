import { randomBytes } from 'node:crypto';
import type { ArchivedBlob, ArchiveRecord, ArchiveWriter, CopyState } from '../../../domain/archive-port.js';
import { notEmpty, sameCopy } from '../../archive/refusals.js';
import { decodeCopy, encodeCopy } from '../../codec/copy.js';
import type { StoreLimits } from '../../options.js';
import type { Access } from '../access.js';
import { RedisBlobs } from '../blobs.js';
import { Claims } from '../claims.js';
import { Keys } from '../keys.js';
import { layoutWord } from '../layout.js';
import { BEGIN_COPY, FINISH_COPY, SAVE_COPY } from '../lua/restore.js';
import { bytesOrNull, listOf } from '../replies.js';
import type { RedisSettings } from '../settings.js';
import type { Reaching } from '../user-records.js';
import { KeyLists } from './key-lists.js';
import { openForCopy } from './open-for-copy.js';
import { RedisArchiveReader } from './reader.js';
import type { Group } from './restoring.js';
import { grouped, restoreAlone, send } from './restoring.js';

/** A copy in a Redis deployment. Nothing is swept while it is made; each write waits for replicas as a server's does. */
export class RedisArchiveWriter implements ArchiveWriter {
  readonly reader: ArchiveWriter['reader'];
  readonly #access: Access;
  readonly #reaching: Reaching;
  readonly #partitions: number;
  readonly #limits: StoreLimits;

  private constructor(access: Access, partitions: number, limits: StoreLimits) {
    const keys = new Keys(partitions);
    this.#access = access;
    this.#reaching = { router: access.router, keys };
    this.reader = new RedisArchiveReader(access, keys, limits);
    this.#partitions = partitions;
    this.#limits = limits;
  }

  /** A copy that was begun keeps its partitions. Throws as `openRedis`. */
  static open(url: string, limits: StoreLimits, given: Partial<RedisSettings>): Promise<RedisArchiveWriter> {
    return openForCopy(url, given, (access, layout) => {
      const { partitions } = layout?.state === 'copying' ? layout : access.settings;
      return new RedisArchiveWriter(access, partitions, limits);
    });
  }

  async begin(fresh: CopyState): Promise<CopyState> {
    const { router, keys } = this.#reaching;
    const isEmpty = (await new KeyLists(this.#access).count('any')) === 0;
    const args = [layoutWord(this.#partitions, 'copying'), encodeCopy(fresh), isEmpty ? '1' : ''];
    const { reply } = await router.run({ script: BEGIN_COPY, keys: [keys.layout, keys.copying], args });
    const [, state = null] = listOf(reply);
    const bytes = bytesOrNull(state);
    if (bytes === null) throw notEmpty();
    const found = sameCopy(decodeCopy(bytes), fresh);
    return Buffer.compare(bytes, encodeCopy(fresh)) === 0 ? fresh : found;
  }

  async save(state: CopyState): Promise<void> {
    const { router, keys } = this.#reaching;
    await router.run({ script: SAVE_COPY, keys: [keys.copying], args: [encodeCopy(state)] });
  }

  async write(records: readonly ArchiveRecord[]): Promise<void> {
    const groups = new Map<string, Group>();
    for (const record of records) {
      switch (record.kind) {
        case 'blob':
          break; // Its bytes bring it along.
        case 'space':
        case 'shard':
        case 'feed':
        case 'snapshot':
        case 'forgotten':
          // In their order: a space comes before its shards.
          await restoreAlone(this.#reaching, record, this.#limits.forgottenMs);
          break;
        default:
          join(groups, grouped(this.#reaching, record));
      }
    }
    await Promise.all([...groups.values()].map((group) => send(this.#reaching, group)));
  }

  async putContent(
    { hash, sizeBytes }: ArchivedBlob,
    content: AsyncIterable<Uint8Array>,
    sinceMs: number,
  ): Promise<void> {
    const { router } = this.#access;
    const common = { router, keys: this.#reaching.keys, graceMs: 0, now: () => sinceMs };
    const claims = new Claims({ ...common, randomBytes });
    const newToken = (): string => randomBytes(8).toString('hex');
    await new RedisBlobs({ ...common, claims, newToken, sweeper: NO_SWEEPER }).put(content, sizeBytes, hash);
  }

  async finish(): Promise<void> {
    const { router, keys } = this.#reaching;
    const args = [layoutWord(this.#partitions, 'copied')];
    await router.run({ script: FINISH_COPY, keys: [keys.layout, keys.copying], args });
  }

  close(): Promise<void> {
    return this.#access.close();
  }
}

/** Adds a group to those that go to the same keys, if there are any. */
function join(groups: Map<string, Group>, group: Group): void {
  const name = JSON.stringify([group.call.script.name, group.call.keys]);
  const known = groups.get(name);
  if (known === undefined) groups.set(name, { ...group, then: [...group.then] });
  else {
    known.words.push(...group.words);
    known.then.push(...group.then);
  }
}

const NO_SWEEPER = {
  sweep: (): Promise<void> => Promise.resolve(),
  remove: (): Promise<void> => Promise.resolve(),
};
