import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { SpaceId } from '../domain/ids.js';
import type { Change } from '../domain/item.js';
import type { LogBounds, Position } from '../domain/position.js';
import { standing } from '../domain/position.js';
import { readableSpace } from './access.js';
import type { ContentDeps } from './deps.js';
import { SilenceListener } from './silence.js';

/** What is followed: items whose id starts with `prefix`, after these positions (a shard without one: from now on). */
export interface WatchOrder {
  readonly space: SpaceId;
  readonly prefix: string;
  readonly positions: readonly Position[];
  /** Longest silence, ms: after it the positions alone are yielded, as a sign of progress. */
  readonly progressMs: number;
}

/** Changes in order within a shard, and where they leave the watcher. */
export interface WatchPage {
  readonly changes: readonly Change[];
  readonly positions: readonly Position[];
}

type Deps = Pick<ContentDeps, 'store'>;

/** Changes are read, and yielded, at most this many at a time. */
const PAGE_CHANGES = 256;

/**
 * Follows a space until the signal is aborted: its positions first, then every change after them. Wake-ups only say where to
 * look; the log is the truth. Throws SPACE_FORBIDDEN, SPACE_UNKNOWN, FIELD_INVALID, and COMPACTED if a position is gone.
 */
export async function* watchSpace(
  deps: Deps,
  identity: Identity,
  order: WatchOrder,
  signal: AbortSignal,
): AsyncGenerator<WatchPage> {
  const { shards } = await readableSpace(deps, identity, order.space);
  // It names every shard once at its start, so that what lies behind the positions is read first.
  const wakeUps = new SilenceListener(deps.store.spaces.wakeUps(order.space, signal));
  try {
    const positions = await startOf(deps, order, shards);
    yield { changes: [], positions: [...positions] };
    for (;;) {
      const heard = await wakeUps.next(order.progressMs);
      if (heard.kind === 'end') return;
      if (heard.kind === 'silence') yield { changes: [], positions: [...positions] };
      else yield* changesOf(deps, order, positions, heard.value);
    }
  } finally {
    await wakeUps.close();
  }
}

/** Every change of one shard after its position, which moves along. */
async function* changesOf(
  deps: Deps,
  order: WatchOrder,
  positions: Position[],
  shard: number,
): AsyncGenerator<WatchPage> {
  for (;;) {
    const position = positions[shard];
    if (position === undefined) return;
    const page = await deps.store.spaces.readLog(order.space, shard, position.offset, PAGE_CHANGES);
    if (page.kind === 'compacted' || page.bounds.epoch !== position.epoch)
      throw compacted(position, page.bounds);
    const last = page.changes.at(-1);
    if (last === undefined) return;
    positions[shard] = { ...position, offset: last.head.version };
    const changes = page.changes.filter((change) => change.head.item.startsWith(order.prefix));
    yield { changes, positions: [positions[shard]] };
  }
}

/** The position of each shard, by its number. */
async function startOf(deps: Deps, order: WatchOrder, shards: number): Promise<Position[]> {
  const known = new Map(order.positions.map((position) => [position.shard, position]));
  const beyond = order.positions.find(
    (position) => position.shard >= shards || position.space !== order.space,
  );
  if (beyond !== undefined) {
    const text = `positions names shard ${beyond.shard} of ${beyond.space}; the space has ${shards}`;
    throw new ForesyncError('FIELD_INVALID', text, {
      field: 'positions',
      facts: { limit: String(shards - 1) },
    });
  }
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  return Promise.all(numbers.map((shard) => startOfShard(deps, order.space, shard, known.get(shard))));
}

async function startOfShard(
  deps: Deps,
  space: SpaceId,
  shard: number,
  known: Position | undefined,
): Promise<Position> {
  const bounds = await deps.store.spaces.bounds(space, shard);
  if (known === undefined) return { space, shard, epoch: bounds.epoch, offset: bounds.high };
  const stands = standing(known, bounds);
  if (stands === 'current' || stands === 'behind') return known;
  throw compacted(known, bounds);
}

function compacted(position: Position, bounds: LogBounds): ForesyncError {
  const text = `offset ${position.offset} of shard ${position.shard} is no longer in the log`;
  return new ForesyncError('COMPACTED', text, {
    facts: {
      shard: String(position.shard),
      epoch: bounds.epoch,
      low: String(bounds.low),
      high: String(bounds.high),
    },
  });
}
