import type { FileIndex } from './file-index.js';

/** What a language's imports look like, and which files of the tree they mean. */
export interface Language {
  /** File extensions with their dot. */
  readonly extensions: readonly string[];
  /** Files of the tree that `source`, the text of the file `path`, imports; may repeat. */
  imports(path: string, source: string, files: FileIndex): Iterable<string>;
}
