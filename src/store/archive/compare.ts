import { createHash } from 'node:crypto';
import type { ArchivedBlob, ArchivePart, ArchiveReader, ArchiveSection } from '../../domain/archive-port.js';
import { ARCHIVE_PARTS } from '../../domain/archive-port.js';
import { ForesyncError } from '../../domain/errors.js';
import type { SectionTally } from './tally.js';
import { Tally } from './tally.js';

type Contents = Pick<ArchiveReader, 'read' | 'content'>;
type Sections = ReadonlyMap<ArchiveSection, SectionTally>;

/** What is remembered of the forgotten ends by itself: what ends this soon is compared no more, ms. */
const SOON_MS = 60 * 60 * 1000;

export interface Comparing {
  /** When the copy was begun. */
  readonly asOfMs: number;
  readonly nowMs: number;
  /** Hears of each page that was read. */
  readonly onSteps: (part: ArchivePart, steps: number) => void;
}

/** What a store has. */
export interface Compared {
  readonly sections: Sections;
  readonly contentBytes: number;
}

/** The sections of a store, all of it read. `mustHash`: each content is read too, and has to have its hash. */
export async function tallyOf(
  archive: Contents,
  { asOfMs, nowMs, onSteps }: Comparing,
  mustHash: boolean,
): Promise<Compared> {
  const tally = new Tally();
  let contentBytes = 0;
  for (const part of ARCHIVE_PARTS) {
    const asOf = part === 'forgotten' ? nowMs + SOON_MS : asOfMs;
    for await (const { records, steps } of archive.read(part, '', asOf)) {
      for (const record of records) {
        tally.add(record);
        if (record.kind !== 'blob') continue;
        contentBytes += record.sizeBytes;
        if (mustHash) await checkContent(archive, record);
      }
      onSteps(part, steps);
    }
  }
  return { sections: tally.sections(), contentBytes };
}

/** Throws COPY_MISMATCH naming each section that differs, with what both sides have of it. */
export function mustBeSame(from: Sections, to: Sections): void {
  const differing = [...new Set([...from.keys(), ...to.keys()])].filter(
    (section) => from.get(section)?.digest !== to.get(section)?.digest,
  );
  if (differing.length === 0) return;
  const told = differing.map(
    (section) =>
      `${section} (${from.get(section)?.records ?? 0} and ${to.get(section)?.records ?? 0} records)`,
  );
  const text = `FROM and TO differ in ${told.join(', ')}: empty TO and copy again`;
  throw new ForesyncError('COPY_MISMATCH', text, { facts: { sections: differing.join() } });
}

async function checkContent(archive: Contents, { hash, sizeBytes }: ArchivedBlob): Promise<void> {
  const sha256 = createHash('sha256');
  for await (const piece of archive.content(hash, sizeBytes)) sha256.update(piece);
  if (sha256.digest('hex') === hash) return;
  throw new ForesyncError('COPY_MISMATCH', `TO has other bytes under the hash ${hash}: section blob`, {
    facts: { sections: 'blob' },
  });
}
