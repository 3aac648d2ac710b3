import type { ArchiveRecord } from '../../../domain/archive-port.js';
import { contentMissing } from '../../archive/refusals.js';
import { encodeBatch, encodeMark } from '../../codec/batch.js';
import { encodeCheckpoint } from '../../codec/user.js';
import { hashToBytes } from '../../codec/fields.js';
import { encodeStored } from '../changes.js';
import { endings } from '../keys.js';
import { BRING_MARK } from '../lua/archive.js';
import {
  RESTORE_CHECKPOINTS,
  RESTORE_CLAIM,
  RESTORE_HASH,
  RESTORE_HEADS,
  RESTORE_LISTED,
  RESTORE_SHARD,
  RESTORE_STREAM,
} from '../lua/restore.js';
import { ADOPT } from '../lua/shard.js';
import { MAKE_SPACE, READY, SAVE_SNAPSHOT } from '../lua/space.js';
import type { Call, Word } from '../script.js';
import type { Reaching } from '../user-records.js';
import { namesWord } from '../user-records.js';

type Of<Kind extends ArchiveRecord['kind']> = Extract<ArchiveRecord, { kind: Kind }>;

/** Records of one kind that one call can take to the same keys. */
export interface Group {
  /** Their call: `args` come first, then what each of them adds. */
  readonly call: Call;
  readonly words: Word[][];
  /** What has to be done after it. */
  readonly then: (() => Promise<void>)[];
}

/** Entries that one script takes. */
const AT_ONCE = 128;

/** The calls of one record that belongs to no group. */
export async function restoreAlone(
  { router, keys }: Reaching,
  record: Of<'space' | 'shard' | 'feed' | 'snapshot' | 'forgotten'>,
  forgottenMs: number,
): Promise<void> {
  switch (record.kind) {
    case 'space': {
      const { space, shards, epoch } = record;
      const { meta, channel } = keys.space(space);
      await router.run({ script: MAKE_SPACE, keys: [meta], args: [shards, epoch] });
      for (let shard = 0; shard < shards; shard++)
        await router.run({ script: ADOPT, keys: [keys.shard(space, shard).state], args: [epoch, 'first'] });
      await router.run({ script: READY, keys: [meta], args: [channel, space] });
      return;
    }
    case 'shard': {
      const { state } = keys.shard(record.space, record.shard);
      await router.run({ script: RESTORE_SHARD, keys: [state], args: [record.epoch, record.high] });
      return;
    }
    case 'feed': {
      const { fed } = keys.space(record.space);
      const args = ['low', record.low, 'high', record.high];
      await router.run({ script: RESTORE_HASH, keys: [fed], args });
      return;
    }
    case 'snapshot': {
      const key = keys.space(record.space).snapshot(record.name);
      await router.run({ script: SAVE_SNAPSHOT, keys: [key], args: [record.offset, record.bytes] });
      return;
    }
    case 'forgotten': {
      const { mark, era, isUnfinished } = record;
      const args = isUnfinished ? [`${era}p`, -1] : [era, era + forgottenMs];
      await router.run({ script: BRING_MARK, keys: [keys.copiedMark(mark)], args });
    }
  }
}

/** Where a record goes, with those that go there too. */
export function grouped(
  reaching: Reaching,
  record: Exclude<ArchiveRecord, Of<'blob' | 'space' | 'shard' | 'feed' | 'snapshot' | 'forgotten'>>,
): Group {
  switch (record.kind) {
    case 'head':
      return headOf(reaching, record);
    case 'change': {
      const { log } = reaching.keys.shard(record.space, record.head.shard);
      const words = [record.head.version, encodeStored(record).bytes, record.head.item];
      return group({ script: RESTORE_STREAM, keys: [log], args: ['c i'] }, words);
    }
    case 'fed':
    case 'fed-mark': {
      const [space, bytes] =
        record.kind === 'fed'
          ? [record.batch.space, encodeBatch(record)]
          : [record.space, encodeMark(record.mark)];
      const { feed } = reaching.keys.space(space);
      return group({ script: RESTORE_STREAM, keys: [feed], args: ['b'] }, [record.offset, bytes]);
    }
    default:
      return ofUser(reaching, record);
  }
}

/** Sends a group, in its order. */
export async function send({ router }: Reaching, { call, words, then }: Group): Promise<void> {
  for (let from = 0; from < words.length; from += AT_ONCE) {
    const args = [...call.args, ...words.slice(from, from + AT_ONCE).flat()];
    await router.run({ ...call, args });
  }
  await Promise.all(then.map((work) => work()));
}

function headOf({ router, keys }: Reaching, record: Of<'head'>): Group {
  const { space, head } = record;
  const { heads, live } = keys.shard(space, head.shard);
  const { bytes, claim } = encodeStored(record);
  const made = group({ script: RESTORE_HEADS, keys: [heads, live], args: [] }, [head.item, bytes]);
  const hash = head.dataHash;
  if (hash === null) return made;
  const { meta, claims, garbage } = keys.blob(hash);
  const confirm = async (): Promise<void> => {
    const call = { script: RESTORE_CLAIM, keys: [meta, claims, garbage] as const, args: [hash, claim] };
    if ((await router.run(call)).reply === 0) throw contentMissing(hash);
  };
  return { ...made, then: [confirm] };
}

function ofUser(
  { keys }: Reaching,
  record: Of<
    'alias' | 'sequence' | 'context' | 'recurrent' | 'activity-log' | 'activity' | 'checkpoint' | 'held'
  >,
): Group {
  const of = keys.user(record.user);
  const inIndex: Call = { script: RESTORE_HASH, keys: [of.index], args: [] };
  const listed = (ending: string, name: string): Call => {
    return { script: RESTORE_LISTED, keys: [of.index, of.of(ending)], args: [`k${ending}`, name] };
  };
  switch (record.kind) {
    case 'alias':
      return group(inIndex, ['p', record.alias, ...(record.era === 0 ? [] : ['e', record.era])]);
    case 'sequence': {
      // All of its batches are in the feeds: other stores bring them there in the same step.
      const { device, sequence } = record;
      return group(inIndex, [`q${device}`, `${sequence} copied`, `f${device}`, sequence]);
    }
    case 'context':
      return group(listed(endings.state(record.space), ''), ['v', record.version, 'c', record.bytes]);
    case 'recurrent':
      return group(listed(endings.state(record.space), ''), ['rv', record.version, 'r', record.bytes]);
    case 'activity-log':
      return group(inIndex, ['a', record.high]);
    case 'activity':
      return group({ script: RESTORE_STREAM, keys: [of.activity], args: ['b'] }, [
        record.offset,
        encodeBatch(record),
      ]);
    case 'checkpoint': {
      const [values, order] = [endings.checkpoints(record.space), endings.order(record.space)];
      const call: Call = {
        script: RESTORE_CHECKPOINTS,
        keys: [of.index, of.of(values), of.of(order)],
        args: [values, order],
      };
      const { checkpoint, place } = record;
      return group(call, [place, checkpoint.item, encodeCheckpoint(checkpoint, 0)]);
    }
    case 'held': {
      const { device, space, item, dataHash } = record;
      const call = listed(endings.manifest(device, space), namesWord(device, space));
      return group(call, [item, hashToBytes(dataHash)]);
    }
  }
}

function group(call: Call, words: Word[]): Group {
  return { call, words: [words], then: [] };
}
