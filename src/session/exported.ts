import { decodeContext } from '../context/codec.js';
import type { ActivityBatch } from '../domain/activity.js';
import type { UserContext } from '../domain/context.js';
import { ForesyncError } from '../domain/errors.js';
import type { DeviceId, SpaceId } from '../domain/ids.js';
import type { ExportedRecord } from '../domain/privacy-port.js';
import type { UserRecord } from '../domain/user-record.js';

/**
 * A record of the store as its user is given it. What may be large comes in parts: a batch activity by activity, a context
 * item by item, step by step and transition by transition.
 */
export function* exported(record: UserRecord): Generator<ExportedRecord> {
  switch (record.kind) {
    case 'activity':
    case 'fed':
      yield* activities(record.kind, record.offset, record.device, record.batch);
      return;
    case 'context':
      yield* context(record.space, record.version, record.bytes);
      return;
    case 'recurrent':
      yield { kind: 'recurrent', value: { ...record, bytes: base64(record.bytes) } };
      return;
    case 'checkpoint':
      yield { kind: 'checkpoint', value: { space: record.space, ...record.checkpoint } };
      return;
    case 'sequence':
    case 'held': {
      const { kind, ...value } = record;
      yield { kind, value };
    }
  }
}

function* activities(
  kind: string,
  offset: number,
  device: DeviceId,
  { space, sequence, activities: done }: ActivityBatch,
): Generator<ExportedRecord> {
  for (const activity of done) yield { kind, value: { space, device, sequence, offset, ...activity } };
}

function* context(space: SpaceId, version: number, bytes: Uint8Array): Generator<ExportedRecord> {
  const known = readable(bytes);
  if (known === null) {
    yield { kind: 'context', value: { space, version, unreadable: base64(bytes) } };
    return;
  }
  const { steps, lastStepMs, items, recentSteps, transitions, queryBuckets, locationCell } = known;
  yield { kind: 'context', value: { space, version, steps, lastStepMs, queryBuckets, locationCell } };
  for (const item of items) yield { kind: 'context-item', value: { space, ...item } };
  for (const [ago, step] of recentSteps.entries())
    for (const item of step) yield { kind: 'context-step', value: { space, ago, item } };
  for (const [from, targets] of transitions)
    for (const [to, count] of targets)
      yield { kind: 'context-transition', value: { space, from, to, count } };
}

/** null for what is damaged: it is kept all the same. */
function readable(bytes: Uint8Array): UserContext | null {
  try {
    return decodeContext(bytes);
  } catch (thrown) {
    if (ForesyncError.from(thrown).code === 'STORE_CORRUPT') return null;
    throw thrown;
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
