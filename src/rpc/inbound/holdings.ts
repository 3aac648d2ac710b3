import type { Ack, Held, Manifest, Opened } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { itemId, spaceId } from '../../domain/ids.js';
import type { Ack as DomainAck, HeldContent, ManifestPart } from '../../domain/session-port.js';
import { each } from './fault.js';
import { hash, id, whole } from './fields.js';

const MAX_REJECTED = 64;

/** What a device says of what it holds: acks and its manifest. Nothing in them may be skipped, for the manifest must stay true. */
export function ack(wire: Ack): DomainAck {
  const max = PROTOCOL_LIMITS.ackEntries;
  return {
    delivery: whole('delivery', wire.delivery),
    opened: each('opened', wire.opened, max, opened),
    held: each('held', wire.held, max, held),
    evicted: each('evicted', wire.evicted, max, held),
    rejected: each('rejected', wire.rejected, MAX_REJECTED, (delivery) => whole('', delivery, 1)),
  };
}

export function manifestPart(wire: Manifest): ManifestPart {
  return {
    space: spaceId(id('space', wire.space)),
    entries: each('entries', wire.entries, PROTOCOL_LIMITS.manifestEntriesPerPart, (entry) => ({
      item: itemId(id('item', entry.item)),
      dataHash: hash('data_hash', entry.dataHash),
    })),
    last: wire.last,
  };
}

function opened(wire: Opened): HeldContent & { readonly zeroWait: boolean } {
  return { ...held(wire), zeroWait: wire.zeroWait };
}

function held(wire: Held | Opened): HeldContent {
  return {
    space: spaceId(id('space', wire.space)),
    item: itemId(id('item', wire.item)),
    dataHash: hash('data_hash', wire.dataHash),
  };
}
