import { c } from './c.js';
import type { FileIndex } from './file-index.js';
import { baseName } from './file-index.js';
import { go } from './go.js';
import { java } from './java.js';
import { javascript } from './javascript.js';
import type { Language } from './language.js';
import { python } from './python.js';
import { rust } from './rust.js';

/** Larger sources are generated: nobody wrote their imports by hand. */
const MAX_SOURCE_BYTES = 1 << 19;

const languages = new Map<string, Language>(
  [javascript, python, go, rust, c, java].flatMap((language) => {
    return language.extensions.map((extension) => [extension, language] as const);
  }),
);

/** Whether the file's imports can be read. */
export function isSource(path: string, sizeBytes: number): boolean {
  return sizeBytes <= MAX_SOURCE_BYTES && languageOf(path) !== undefined;
}

/** Files of the tree that a source imports: each once, never itself; none for binary content. */
export function importsOf(path: string, content: Uint8Array, files: FileIndex): ReadonlySet<string> {
  const language = languageOf(path);
  if (language === undefined || content.includes(0)) return new Set();
  const found = new Set(language.imports(path, new TextDecoder().decode(content), files));
  found.delete(path);
  return found;
}

function languageOf(path: string): Language | undefined {
  const name = baseName(path);
  return languages.get(name.slice(name.lastIndexOf('.')));
}
