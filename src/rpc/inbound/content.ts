import type { Edge, PutHeader, WatchRequest } from '@foresync/protocol';
import { EdgeKind } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { PutOrder } from '../../content/put.js';
import type { Pseudonym, UserId } from '../../domain/ids.js';
import { itemId, spaceId, userId } from '../../domain/ids.js';
import type { Edge as DomainEdge } from '../../domain/item.js';
import type { Position as DomainPosition } from '../../domain/position.js';
import type { WriteCondition } from '../../domain/store-port.js';
import { each, Fault } from './fault.js';
import { hashOrNone, id, text, time, whole } from './fields.js';

const MAX_EPOCH_BYTES = 64;

/** What a write is checked against. */
export interface PutContext {
  readonly nowMs: number;
  /** The name that a user has behind the edge. */
  readonly pseudonymOf: (user: UserId) => Pseudonym;
}

/** The header of a write. Throws a Fault. */
export function putOrder(wire: PutHeader, context: PutContext): PutOrder {
  const item = itemId(id('item', wire.item));
  return {
    space: spaceId(id('space', wire.space)),
    item,
    condition: condition(wire),
    dataHash: hashOrNone('data_hash', wire.dataHash),
    sizeBytes: whole('size_bytes', wire.sizeBytes),
    edges: edges(wire.edges, item),
    modifiedMs: wire.modifiedMs === 0n ? null : time('modified_ms', wire.modifiedMs, context.nowMs),
    audience: each('audience', wire.audience, PROTOCOL_LIMITS.audience, (user) =>
      context.pseudonymOf(userId(id('', user))),
    ),
  };
}

/** The positions to go on after, one a shard. Throws a Fault. */
export function watchPositions(wire: WatchRequest): DomainPosition[] {
  const seen = new Set<number>();
  return each('positions', wire.positions, PROTOCOL_LIMITS.shardsPerSpace, (position) => {
    const shard = whole('shard', position.shard, 0, PROTOCOL_LIMITS.shardsPerSpace - 1);
    if (seen.has(shard)) throw new Fault('shard', 'has two positions');
    seen.add(shard);
    return {
      space: spaceId(id('space', position.space)),
      shard,
      epoch: text('epoch', position.epoch, MAX_EPOCH_BYTES),
      offset: whole('offset', position.offset),
    };
  });
}

function condition(wire: PutHeader): WriteCondition {
  const match = hashOrNone('if_match', wire.ifMatch);
  if (match !== null && wire.createOnly) throw new Fault('if_match', 'and create_only exclude each other');
  if (match !== null) return { kind: 'matches', dataHash: match };
  return wire.createOnly ? { kind: 'absent' } : { kind: 'always' };
}

function edges(wire: readonly Edge[], from: string): DomainEdge[] {
  const seen = new Set<string>([from]);
  return each('edges', wire, PROTOCOL_LIMITS.edgesPerItem, (edge) => {
    const item = itemId(id('item', edge.item));
    if (seen.has(item)) throw new Fault('item', item === from ? 'is the item itself' : 'has two edges');
    seen.add(item);
    return { item, kind: edgeKind(edge.kind) };
  });
}

function edgeKind(wire: EdgeKind): DomainEdge['kind'] {
  switch (wire) {
    case EdgeKind.EDGE_KIND_PART:
      return 'part';
    case EdgeKind.EDGE_KIND_LINK:
    case EdgeKind.EDGE_KIND_UNSPECIFIED:
      return 'link';
    case EdgeKind.UNRECOGNIZED:
    default:
      throw new Fault('kind', `is ${wire}, which is no kind of edge`);
  }
}
