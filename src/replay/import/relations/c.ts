import type { FileIndex } from './file-index.js';
import { folderOf, joined, upwards } from './file-index.js';
import type { Language } from './language.js';

const include = /^[ \t]*#[ \t]*(?:include|import)[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm;

/**
 * C, C++ and Objective-C: `#include "x.h"` beside the file, else below a folder above it or its `include` or `src`;
 * `<x.h>` only in the latter.
 */
export const c: Language = {
  extensions: ['.c', '.h', '.cc', '.hh', '.cpp', '.hpp', '.cxx', '.hxx', '.inl', '.m', '.mm'],
  *imports(path, source, files) {
    for (const [, quoted, angled = ''] of source.matchAll(include)) {
      const file = resolve(path, quoted ?? angled, quoted !== undefined, files);
      if (file !== null && file !== path) yield file;
    }
  },
};

function resolve(path: string, name: string, beside: boolean, files: FileIndex): string | null {
  const folder = folderOf(path);
  const places = [...upwards(folder)].flatMap((above) => [
    ...(beside ? [above] : []),
    joined(above, 'include') ?? '',
    joined(above, 'src') ?? '',
  ]);
  const candidates = places.map((place) => joined(place, name)).filter((candidate) => candidate !== null);
  return files.firstOf(candidates);
}
