import type { Reason } from '../domain/checkpoint.js';
import type { ItemId, SpaceId } from '../domain/ids.js';
import type { PlannedItem } from '../domain/plan.js';
import type { ServerEventBody } from '../domain/session-port.js';
import type { Asked } from './asked.js';
import type { Doubt } from './doubts.js';
import type { Parcel } from './parcel.js';

/** Something that waits, taken out to be composed: contents and heads are read now, not when it was queued. */
export type Drawn =
  | { readonly kind: 'reply'; readonly body: ServerEventBody }
  | { readonly kind: 'asked'; readonly request: Asked }
  | { readonly kind: 'doubt'; readonly doubt: Doubt }
  | { readonly kind: 'metadata'; readonly note: MetadataNote }
  | { readonly kind: 'planned'; readonly parcel: Parcel }
  | { readonly kind: 'chunk'; readonly parcel: Parcel };

/** A push without content. */
export interface MetadataNote {
  readonly space: SpaceId;
  readonly content: PlannedItem;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** What was told of an item, and the reason for distrust (see session/device/held) that it settles; 0 if there was none. */
export interface Told {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly reason: number;
}

/** What became of it: an event that has no number yet, and what handing it to the transport will mean. */
export type Composed =
  | { readonly carries: 'nothing' | 'answer' | 'metadata'; readonly body: ServerEventBody }
  | { readonly carries: 'truth'; readonly body: ServerEventBody; readonly told: Told }
  /** All of a content, or its announcement, or its next chunk. */
  | { readonly carries: 'whole' | 'header'; readonly body: ServerEventBody; readonly parcel: Parcel }
  | {
      readonly carries: 'chunk';
      readonly body: Extract<ServerEventBody, { readonly kind: 'chunk' }>;
      readonly parcel: Parcel;
    };
