import { basename, resolve } from 'node:path';
import { traceInvalid } from '../trace-invalid.js';
import { EventTable } from './event-table.js';
import { gitTouches } from './git-log.js';
import type { GitFile } from './git-objects.js';
import { gitContents, gitFiles, gitSizes } from './git-objects.js';
import type { ImportResult } from './import-result.js';
import { isId, LeftOut } from './import-result.js';
import type { Naming } from './pseudonyms.js';
import { FileIndex } from './relations/file-index.js';
import { importsOf, isSource } from './relations/scan.js';

export interface GitImportOptions {
  readonly name: string | null;
  readonly licence: string;
  readonly naming: Naming;
  /** Called now and then with the number of events so far. */
  onProgress(events: number): void;
}

/**
 * A repository's history as a trace: author = user, file = item, author time = time; types `add`, `edit`, `rename` (of
 * the new path). A delete is no event: nobody needs a content to delete it. Sizes are those of HEAD, or the last known
 * of a file that is gone; relations are the imports among the files of HEAD. Works on bare repositories, needs no
 * network, and streams: memory holds the events' numbers and the names only. Throws TRACE_INVALID with git's words.
 */
export async function importGit(repository: string, options: GitImportOptions): Promise<ImportResult> {
  const leftOut = new LeftOut();
  const { events, blobs } = await readHistory(repository, options, leftOut);
  if (events.size === 0) throw traceInvalid({ file: repository, line: 0 }, 'no commit touches a file');
  const head: GitFile[] = [];
  for await (const file of gitFiles(repository)) if (isId(file.path)) head.push(file);
  const meta = {
    name: options.name ?? `git-${repositoryName(repository)}`,
    licence: options.licence,
    train: false,
    writes: ['edit', 'add', 'rename'],
    creates: ['add'],
    outside: [],
  };
  const sizes = await lastSizes(repository, blobs, head);
  const relations = await readImports(repository, head);
  return { trace: { meta, events, relations, sizes }, leftOut: leftOut.counts };
}

async function readHistory(
  repository: string,
  options: GitImportOptions,
  leftOut: LeftOut,
): Promise<{ events: EventTable; blobs: Map<string, string> }> {
  const events = new EventTable();
  const blobs = new Map<string, string>();
  for await (const { author, timeS, type, path, blob } of gitTouches(repository)) {
    if (!isId(path)) leftOut.add('paths longer than 512 bytes');
    else if (type === 'delete') leftOut.add('deletes');
    else {
      blobs.set(path, blob);
      events.add({ user: options.naming(author), item: path, type, timeS, device: null });
      if (events.size % 10_000 === 0) options.onProgress(events.size);
    }
  }
  return { events, blobs };
}

/** By path, sorted by code units: the same history gives the same bytes. */
async function lastSizes(
  repository: string,
  blobs: ReadonlyMap<string, string>,
  head: readonly GitFile[],
): Promise<ReadonlyMap<string, number>> {
  const atHead = new Map(head.map((file) => [file.path, file.sizeBytes]));
  const gone = [...blobs].filter(([path]) => !atHead.has(path));
  const known = await gitSizes(repository, new Set(gone.map(([, blob]) => blob)));
  const sizes = [...blobs].flatMap(([path, blob]) => {
    const size = atHead.get(path) ?? known.get(blob);
    return size === undefined ? [] : [[path, size] as const];
  });
  return new Map(sizes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readImports(
  repository: string,
  head: readonly GitFile[],
): Promise<readonly (readonly [string, string])[]> {
  const files = new FileIndex(head.map((file) => file.path));
  const sources = head.filter((file) => isSource(file.path, file.sizeBytes));
  const relations: (readonly [string, string])[] = [];
  let at = 0;
  for await (const content of gitContents(
    repository,
    sources.map((file) => file.blob),
  )) {
    const path = sources[at++]?.path ?? '';
    if (content !== null)
      for (const target of importsOf(path, content, files)) relations.push([path, target]);
  }
  return relations;
}

function repositoryName(repository: string): string {
  return basename(resolve(repository)).replace(/\.git$/, '') || 'repository';
}
