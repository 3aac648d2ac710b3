import type { ErrorCode, ForesyncError } from '../../domain/errors.js';
import type { ServerEventBody } from '../../domain/session-port.js';

/** What may go wrong with one event without ending the session: the device's own faults, and what can be tried again. */
const REFUSABLE: ReadonlySet<ErrorCode> = new Set([
  'FIELD_INVALID',
  'FRAME_TOO_LARGE',
  'HELLO_EXPECTED',
  'ITEM_UNKNOWN',
  'SEQUENCE_GAP',
  'SPACE_FORBIDDEN',
  'SPACE_UNKNOWN',
  'STORE_UNAVAILABLE',
]);

export const isRefusable = ({ code }: ForesyncError): boolean => REFUSABLE.has(code);

/** `activitySequence` is 0 if it was no activity batch. */
export const refusal = (activitySequence: number, error: ForesyncError): ServerEventBody => ({
  kind: 'refusal',
  activitySequence,
  error,
});

export const errorAnswer = (requestId: number, error: ForesyncError): ServerEventBody => ({
  kind: 'answer',
  requestId,
  answer: { kind: 'error', error },
});
