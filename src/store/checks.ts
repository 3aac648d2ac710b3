import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Activity, ActivityBatch } from '../domain/activity.js';
import { ForesyncError } from '../domain/errors.js';
import type { ChangeRequest, HeldItem } from '../domain/store-port.js';
import type { StoredCheckpoint } from '../domain/user-record.js';

/** Items of one call. */
const MAX_ITEMS = 2048;

/**
 * The edge has checked what users send; these checks keep two ids from ever becoming the same key, and what every
 * adapter accepts the same. All throw FIELD_INVALID.
 */
export function checkId(field: string, id: string): void {
  if (id === '') throw invalid(field, 'is empty', '1');
  checkText(field, id, PROTOCOL_LIMITS.idBytes);
}

/** Unicode (a lone surrogate would become another character in UTF-8) of at most so many bytes of UTF-8. */
export function checkText(field: string, text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > maxBytes)
    throw invalid(field, `has ${bytes} bytes, at most ${maxBytes} are allowed`, `${maxBytes}`);
  if (bytes !== text.length && LONE_SURROGATE.test(text)) throw invalid(field, 'has a lone surrogate', '0');
}

export function checkHash(field: string, hash: string): void {
  if (!SHA256_HEX.test(hash)) throw invalid(field, 'is not 64 lower-case hex digits', '64');
}

/** The name of who tells a lesson: 32 hex digits. */
export function checkTeller(teller: string): void {
  if (!/^[0-9a-f]{32}$/.test(teller)) throw invalid('teller', 'is no name of 32 hex digits', '32');
}

/** A whole number from `min` to `max`. */
export function checkWhole(field: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const limit = value < min ? min : max;
  throw invalid(field, `is ${value}, but has to be a whole number from ${min} to ${max}`, `${limit}`);
}

export function checkCount(field: string, count: number, max = MAX_ITEMS): void {
  if (count > max) throw invalid(field, `has ${count} entries, at most ${max} are allowed`, `${max}`);
}

export function checkItems(items: readonly string[]): void {
  checkCount('items', items.length);
  items.forEach((item, index) => checkId(`items[${index}]`, item));
}

export function checkChange(request: ChangeRequest): void {
  checkId('space', request.space);
  checkId('item', request.item);
  checkWhole('size_bytes', request.sizeBytes, 0);
  checkWhole('timestamp_ms', request.timestampMs, Number.MIN_SAFE_INTEGER);
  if (request.dataHash !== null) checkHash('data_hash', request.dataHash);
  if (request.writer !== null) checkId('writer', request.writer);
  checkCount('edges', request.edges.length, PROTOCOL_LIMITS.edgesPerItem);
  request.edges.forEach((edge, index) => checkId(`edges[${index}].item`, edge.item));
  checkCount('audience', request.audience.length, PROTOCOL_LIMITS.audience);
  request.audience.forEach((user, index) => checkId(`audience[${index}]`, user));
}

export function checkBatch(batch: ActivityBatch): void {
  checkId('space', batch.space);
  checkWhole('sequence', batch.sequence, 1);
  checkCount('activities', batch.activities.length, PROTOCOL_LIMITS.activitiesPerBatch);
  batch.activities.forEach((activity, index) => checkActivity(`activities[${index}]`, activity));
}

function checkActivity(field: string, activity: Activity): void {
  const { timeMs, locationCell } = activity;
  checkWhole(`${field}.time_ms`, timeMs, Number.MIN_SAFE_INTEGER);
  if (locationCell !== null) checkText(`${field}.location_cell`, locationCell, PROTOCOL_LIMITS.idBytes);
  if (activity.type !== 'searched') {
    checkId(`${field}.item`, activity.item);
    return;
  }
  const { queryBuckets } = activity;
  checkCount(`${field}.query_buckets`, queryBuckets.length, PROTOCOL_LIMITS.queryBucketsPerActivity);
  for (const bucket of queryBuckets) checkWhole(`${field}.query_buckets`, bucket, 0, 0xffff_ffff);
}

export function checkHeld(held: readonly HeldItem[], manifestItems: number): void {
  checkCount('held', held.length, manifestItems);
  held.forEach(({ item, dataHash }, index) => {
    checkId(`held[${index}].item`, item);
    checkHash(`held[${index}].data_hash`, dataHash);
  });
}

export function checkCheckpoint(checkpoint: StoredCheckpoint, index: number): void {
  const field = `checkpoints[${index}]`;
  checkId(`${field}.item`, checkpoint.item);
  checkHash(`${field}.data_hash`, checkpoint.dataHash);
  checkWhole(`${field}.version`, checkpoint.version, 0);
  checkWhole(`${field}.timestamp_ms`, checkpoint.timestampMs, Number.MIN_SAFE_INTEGER);
  checkCount(`${field}.dependency_hashes`, checkpoint.dependencyHashes.length, PROTOCOL_LIMITS.edgesPerItem);
  for (const hash of checkpoint.dependencyHashes) checkHash(`${field}.dependency_hashes`, hash);
  checkText(`${field}.user_context`, checkpoint.userContext, PROTOCOL_LIMITS.userContextBytes);
  const { predictionScore } = checkpoint;
  if (!(predictionScore >= 0 && predictionScore <= 1)) {
    throw invalid(`${field}.prediction_score`, `is ${predictionScore}, but has to be from 0 to 1`, '1');
  }
}

export function invalid(field: string, wrong: string, limit: string): ForesyncError {
  return new ForesyncError('FIELD_INVALID', `${field} ${wrong}`, { field, facts: { limit } });
}

const SHA256_HEX = /^[0-9a-f]{64}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
