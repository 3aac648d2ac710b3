import { createHash } from 'node:crypto';
import type { ArchiveRecord, ArchiveSection } from '../../domain/archive-port.js';

/** How much a section has, and a number that tells what: the same whatever the order. */
export interface SectionTally {
  readonly records: number;
  /** 64 hex digits. */
  readonly digest: string;
}

/** Counts records and adds up their SHA-256, by section. */
export class Tally {
  readonly #sections = new Map<ArchiveSection, { records: number; sum: bigint }>();

  add(record: ArchiveRecord): void {
    const section = this.#sections.get(record.kind) ?? { records: 0, sum: 0n };
    section.records++;
    section.sum = (section.sum + numberOf(record)) % MODULUS;
    this.#sections.set(record.kind, section);
  }

  /** By section, those with records only. */
  sections(): ReadonlyMap<ArchiveSection, SectionTally> {
    return new Map(
      [...this.#sections].map(([section, { records, sum }]) => [
        section,
        { records, digest: sum.toString(16).padStart(64, '0') },
      ]),
    );
  }
}

const MODULUS = 1n << 256n;

function numberOf(record: ArchiveRecord): bigint {
  // Its grace ends by itself, and what names it is in other records.
  const counted = record.kind === 'blob' ? [record.kind, record.hash, record.sizeBytes] : record;
  return BigInt(`0x${createHash('sha256').update(canonical(counted)).digest('hex')}`);
}

/** The same text for the same values, whatever the order of their fields. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `#${createHash('sha256').update(value).digest('hex')}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${name}:${canonical(one)}`).join()}}`;
}
