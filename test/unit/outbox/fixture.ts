import { dataHash, itemId, spaceId } from '../../../src/domain/ids.js';
import type { ItemId } from '../../../src/domain/ids.js';
import type { ExplainedPush, PlannedItem } from '../../../src/domain/plan.js';
import type { PushBudget, ServerEventBody } from '../../../src/domain/session-port.js';
import type { Asked } from '../../../src/outbox/asked.js';
import type { OutboxLimits } from '../../../src/outbox/limits.js';
import { OUTBOX_LIMITS } from '../../../src/outbox/limits.js';

export const space = spaceId('team');

export const NO_BUDGET: PushBudget = {
  bytesPerHour: 0,
  maxInFlight: 0,
  maxInFlightBytes: 0,
  metadataOnly: false,
  paused: false,
};

export const limits = (some: Partial<OutboxLimits> = {}): OutboxLimits => ({ ...OUTBOX_LIMITS, ...some });

/** The content that version `version` of an item has. */
export function content(name: string, version: number, sizeBytes = 10): PlannedItem {
  return { item: itemId(name), dataHash: hashOf(name, version), version, sizeBytes };
}

export const hashOf = (name: string, version: number): PlannedItem['dataHash'] =>
  dataHash(`${name}@${version}`);

/** A planned push of contents that belong together; the first is the item, the others its parts. */
export function push(contents: readonly PlannedItem[], score = 0.5): ExplainedPush {
  const bytes = contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const item: ItemId = contents[0]?.item ?? itemId('');
  return { kind: 'content', scored: { item, score, bytes, bundle: contents }, reasons: [] };
}

export function request(name: string, requestId: number): Asked {
  return { requestId, space, item: itemId(name), latest: null, heldThen: undefined };
}

export const beat = (nonce: number): ServerEventBody => ({
  kind: 'heartbeat',
  nonce,
  echo: 0,
  timeMs: 0,
  tokenExpiresInMs: 0,
});
