import type { Reason } from '../domain/checkpoint.js';
import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';
import type { PlannedItem } from '../domain/plan.js';
import type { Asked } from './asked.js';

/**
 * Where a content is on its way to the device:
 *
 *     queued ──▶ composing ──┬─────────────▶ sent ──▶ over (acknowledged or rejected)
 *        │           │       └──▶ moving ──▶──┘
 *        └───────────┴──────────────┴───────────────▶ over (dropped, cancelled)
 *
 * `moving`: announced, its chunks are under way. `sent`: all of it is on the wire, not yet acknowledged.
 */
export type ParcelState = 'queued' | 'composing' | 'moving' | 'sent' | 'over';

/** Contents that were planned together and make sense only together: the parts, then the item that embeds them. */
export interface Bundle {
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly parcels: Parcel[];
}

/** One content of one item on its way to one device, from its plan or request to its acknowledgement. */
export class Parcel implements PlannedItem {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly version: number;
  readonly sizeBytes: number;
  /** What it was planned with, or the request that brought it about: one of the two is null. */
  readonly bundle: Bundle | null;
  readonly request: Asked | null;
  state: ParcelState = 'queued';
  /** Number of the transfer, and of the event that announced it; 0 for a content that fits into one event. */
  transfer = 0;
  header = 0;
  /** Bytes of the content that were handed to the transport in chunks. */
  movedBytes = 0;
  /** A newer content came while this one was on its way to somebody who waits: to be compared when it is sent. */
  outdated = false;
  /** Further requests for the item while this is moving: answered when it has arrived. */
  joined: readonly Asked[] = [];

  constructor(space: SpaceId, content: PlannedItem, cause: Bundle | Asked) {
    this.space = space;
    this.item = content.item;
    this.dataHash = content.dataHash;
    this.version = content.version;
    this.sizeBytes = content.sizeBytes;
    this.bundle = 'parcels' in cause ? cause : null;
    this.request = 'parcels' in cause ? null : cause;
  }

  /** Whether somebody waits for it: then it goes before everything that nobody asked for, and is never cancelled. */
  get awaited(): boolean {
    return this.request !== null || this.joined.length > 0;
  }
}
