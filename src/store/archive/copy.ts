import type {
  ArchivedBlob,
  ArchivePart,
  ArchiveReader,
  ArchiveSection,
  ArchiveWriter,
  CopyState,
} from '../../domain/archive-port.js';
import { ARCHIVE_PARTS } from '../../domain/archive-port.js';
import { ForesyncError } from '../../domain/errors.js';
import { mustBeSame, tallyOf } from './compare.js';
import type { SectionTally } from './tally.js';
import { Tally } from './tally.js';

/** Contents that are on their way at a time, each with a MiB or two. */
const CONTENTS = 8;

export interface CopyProgress {
  readonly phase: 'copying' | 'verifying';
  readonly part: ArchivePart;
  /** Steps of this phase that are done, and about how many there are. */
  readonly done: number;
  readonly total: number;
}

export interface CopyOptions {
  readonly now: () => number;
  /** Aborted: the copy stops after what is on its way, unfinished. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface CopyReport {
  /** Whether an unfinished copy was gone on with. */
  readonly resumed: boolean;
  readonly contentBytes: number;
  readonly sections: ReadonlyMap<ArchiveSection, SectionTally>;
}

/**
 * Copies a store to an empty place, or goes on with a copy of it, then reads both and compares. TO is a store only after
 * that. Throws COPY_REFUSED, COPY_MISMATCH, COPY_UNFINISHED if it was stopped, HASH_MISMATCH, STORE_CORRUPT,
 * STORE_UNAVAILABLE: after the last the same copy can be tried again.
 */
export async function copyArchive(
  from: ArchiveReader,
  to: ArchiveWriter,
  options: CopyOptions,
): Promise<CopyReport> {
  await from.mustBeIdle();
  await to.reader.mustBeIdle();
  const fresh = await freshState(from, options.now());
  const state = await to.begin(fresh);
  await copyParts(from, to, state, options);
  const report = await verify(from, to, state.startedMs, options);
  await from.mustBeIdle();
  await to.finish();
  return { resumed: state !== fresh, ...report };
}

/** A store is known by its spaces: their epochs are random. */
async function freshState(from: ArchiveReader, startedMs: number): Promise<CopyState> {
  const spaces = new Tally();
  for await (const { records } of from.read('spaces', '', startedMs))
    for (const record of records) if (record.kind === 'space') spaces.add(record);
  const source = spaces.sections().get('space')?.digest ?? 'no spaces';
  return { source, startedMs, part: ARCHIVE_PARTS[0], after: '' };
}

async function copyParts(
  from: ArchiveReader,
  to: ArchiveWriter,
  begun: CopyState,
  options: CopyOptions,
): Promise<void> {
  const first = begun.part === 'verifying' ? ARCHIVE_PARTS.length : ARCHIVE_PARTS.indexOf(begun.part);
  const left = ARCHIVE_PARTS.slice(first);
  const steps = await stepsOf([from], left, 'copying', options);
  for (const [index, part] of left.entries()) {
    const after = index === 0 ? begun.after : '';
    for await (const page of from.read(part, after, begun.startedMs)) {
      mustGoOn(options.signal);
      const blobs = page.records.filter((record) => record.kind === 'blob');
      await inTurns(blobs, CONTENTS, (blob) => putContent(from, to, blob, begun.startedMs));
      await to.write(page.records);
      await to.save({ ...begun, part, after: page.after });
      steps(part, page.steps);
    }
    await to.save({ ...begun, part: left[index + 1] ?? 'verifying', after: '' });
  }
}

function putContent(
  from: ArchiveReader,
  to: ArchiveWriter,
  blob: ArchivedBlob,
  nowMs: number,
): Promise<void> {
  const content = from.content(blob.hash, blob.sizeBytes);
  return to.putContent(blob, content, blob.unreferencedMs ?? nowMs);
}

/** Reads both, and every content of the copy. */
async function verify(
  from: ArchiveReader,
  to: ArchiveWriter,
  startedMs: number,
  options: CopyOptions,
): Promise<Omit<CopyReport, 'resumed'>> {
  // A server of TO may be another process than when its logs were written: that their end is there is what is shown now.
  for await (const { records } of from.read('spaces', '', startedMs)) await to.write(records);
  const steps = await stepsOf([from, to.reader], ARCHIVE_PARTS, 'verifying', options);
  const onSteps = (part: ArchivePart, done: number): void => {
    mustGoOn(options.signal);
    steps(part, done);
  };
  const comparing = { asOfMs: startedMs, nowMs: options.now(), onSteps };
  const original = await tallyOf(from, comparing, false);
  const copied = await tallyOf(to.reader, comparing, true);
  mustBeSame(original.sections, copied.sections);
  return copied;
}

/** Counts what is done, and tells. */
async function stepsOf(
  archives: readonly Pick<ArchiveReader, 'count'>[],
  parts: readonly ArchivePart[],
  phase: CopyProgress['phase'],
  { onProgress }: CopyOptions,
): Promise<(part: ArchivePart, steps: number) => void> {
  let [total, done] = [0, 0];
  for (const archive of archives) for (const part of parts) total += await archive.count(part);
  return (part, steps) => {
    done += steps;
    onProgress({ phase, part, done, total: Math.max(done, total) });
  };
}

/** Works on so many at a time. */
async function inTurns<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    waiting.length = 0;
  }
}

function mustGoOn(signal: AbortSignal): void {
  if (signal.aborted)
    throw new ForesyncError('COPY_UNFINISHED', 'stopped: the same command goes on where it was');
}
