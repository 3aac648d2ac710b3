import { encodeDelta } from '@foresync/protocol/delta';

/** When a delta is tried, and when it is worth sending. */
export interface DeltaRules {
  /** Larger contents, or bases, are sent whole: encoding is synchronous and takes up to 70 ms a MiB. */
  readonly maxBytes: number;
  /** A delta of more than this share of the content is not worth the work of applying it. */
  readonly maxShare: number;
}

export const DELTA_RULES: DeltaRules = { maxBytes: 1024 * 1024, maxShare: 0.7 };

/** Whether a content of this size is ever sent as a delta: decides before anything is read. */
export const deltaPossible = (bytes: number, rules: DeltaRules): boolean =>
  bytes > 0 && bytes <= rules.maxBytes;

/** `content` as copies from `base` and inserts (@foresync/protocol/delta); null if it is not worth it. */
export function worthwhileDelta(base: Uint8Array, content: Uint8Array, rules: DeltaRules): Uint8Array | null {
  if (!deltaPossible(content.length, rules) || base.length > rules.maxBytes) return null;
  return encodeDelta(base, content, Math.floor(content.length * rules.maxShare));
}
