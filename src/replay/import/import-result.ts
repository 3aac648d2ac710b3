import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { ImportedTrace } from './trace-writer.js';

/** A trace and what did not get into it. */
export interface ImportResult {
  readonly trace: ImportedTrace;
  /** How many things of the source were left out, by the reason in words; only reasons that occurred. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Counts what is left out, by reason. */
export class LeftOut {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** Whether a name can be an item's or a user's id: 1 to 512 bytes of UTF-8. */
export function isId(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= PROTOCOL_LIMITS.idBytes &&
    Buffer.byteLength(name) <= PROTOCOL_LIMITS.idBytes
  );
}
