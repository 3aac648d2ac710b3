import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import type { Any } from '@foresync/protocol';
import { BadRequest, Checkpoint, ErrorInfo, RetryInfo, Status } from '@foresync/protocol';
import type { ForesyncError } from '../domain/errors.js';
import { ERROR_CATALOGUE } from '../domain/errors.js';
import type { Checkpoint as DomainCheckpoint } from '../domain/checkpoint.js';
import { wireCheckpoint } from './outbound/checkpoint.js';

/** Names our codes in google.rpc.ErrorInfo.domain. */
export const ERROR_DOMAIN = 'foresync';

const DETAILS_KEY = 'grpc-status-details-bin';
/** Trailers have to fit the 16 KiB that HTTP/2 peers accept by default, base64 and percent-encoding included. */
const MAX_TEXT_CHARS = 256;
const MAX_CHECKPOINT_BYTES = 4096;

/** What grpc-js ends a call with: code, text, and the google.rpc.Status in `grpc-status-details-bin`. */
export function callStatus(error: ForesyncError): StatusObject {
  const wire = wireStatus(error);
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode(wire).finish()));
  return { code: grpcStatus[ERROR_CATALOGUE[error.code].grpc], details: wire.message, metadata };
}

/**
 * A ForesyncError as google.rpc.Status: ErrorInfo always, BadRequest for a field, RetryInfo where trying again can
 * help, the current Checkpoint of a conflict. What went wrong inside the server is logged, not told.
 */
export function wireStatus(error: ForesyncError): Status {
  const text = error.code === 'INTERNAL' ? ERROR_CATALOGUE.INTERNAL.text : error.rawMessage;
  return {
    code: grpcStatus[ERROR_CATALOGUE[error.code].grpc],
    message: bounded(`[${error.code}] ${text}`),
    details: [...errorInfo(error), ...badRequest(error), ...retryInfo(error), ...conflict(error)],
  };
}

/** Reads what `callStatus` wrote from a call's trailers; undefined if they carry no details. */
export function statusDetails(metadata: Metadata | undefined): Status | undefined {
  const value = metadata?.get(DETAILS_KEY)[0];
  return value instanceof Buffer ? Status.decode(value) : undefined;
}

function errorInfo(error: ForesyncError): Any[] {
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(error.details.facts ?? {})) metadata[key] = bounded(value);
  return [pack('google.rpc.ErrorInfo', ErrorInfo, { reason: error.code, domain: ERROR_DOMAIN, metadata })];
}

function badRequest(error: ForesyncError): Any[] {
  const { field } = error.details;
  if (field === undefined) return [];
  const violation = BadRequest.fromPartial({
    fieldViolations: [{ field: bounded(field), description: bounded(error.rawMessage), reason: error.code }],
  });
  return [pack('google.rpc.BadRequest', BadRequest, violation)];
}

function retryInfo(error: ForesyncError): Any[] {
  const { retryAfterMs } = error.details;
  if (retryAfterMs === undefined && !ERROR_CATALOGUE[error.code].retry) return [];
  const wait = retryAfterMs ?? 0;
  const retryDelay = { seconds: BigInt(Math.floor(wait / 1000)), nanos: Math.floor(wait % 1000) * 1_000_000 };
  return [pack('google.rpc.RetryInfo', RetryInfo, { retryDelay })];
}

/** An item with many edges would burst the trailers: then its checkpoint goes without them. */
function conflict(error: ForesyncError): Any[] {
  const { attachment } = error.details;
  if (error.code !== 'CONFLICT' || attachment === undefined) return [];
  // content/ attaches the current checkpoint to each conflict.
  const whole = wireCheckpoint(attachment as DomainCheckpoint);
  const packed = pack('foresync.v1.Checkpoint', Checkpoint, whole);
  if (packed.value.length <= MAX_CHECKPOINT_BYTES) return [packed];
  return [pack('foresync.v1.Checkpoint', Checkpoint, { ...whole, dependencyHashes: [], edges: [] })];
}

interface Encoder<T> {
  encode(message: T): { finish(): Uint8Array };
}

function pack<T>(type: string, codec: Encoder<T>, message: T): Any {
  return { typeUrl: `type.googleapis.com/${type}`, value: codec.encode(message).finish() };
}

/** At most the bytes that fit, and well-formed: grpc-js percent-encodes the text, which throws on a lone surrogate. */
function bounded(text: string): string {
  return Buffer.from(text.slice(0, MAX_TEXT_CHARS), 'utf8').toString('utf8');
}
