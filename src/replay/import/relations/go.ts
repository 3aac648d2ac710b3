import type { FileIndex } from './file-index.js';
import { baseName, folderOf } from './file-index.js';
import type { Language } from './language.js';

const single = /^import\s+(?:[\w.]+\s+)?"([^"\n]+)"/gm;
const block = /^import\s*\(([^)]*)\)/gm;
const quotedPath = /"([^"\n]+)"/g;

/**
 * Go: an import names a package, which is a folder. The folder is the longest end of the import path that the tree has
 * (so no go.mod need be read); the file is the one named as the folder, else the first that is no test.
 */
export const go: Language = {
  extensions: ['.go'],
  *imports(_path, source, files) {
    for (const name of importPaths(source)) {
      const file = packageFile(name, files);
      if (file !== null) yield file;
    }
  },
};

function* importPaths(source: string): Generator<string> {
  for (const [, name = ''] of source.matchAll(single)) yield name;
  for (const [, body = ''] of source.matchAll(block)) {
    for (const [, name = ''] of body.matchAll(quotedPath)) yield name;
  }
}

/** Only paths with a host (`example.org/…`) can be of this repository: the others are the standard library. */
function packageFile(name: string, files: FileIndex): string | null {
  const [host = '', ...parts] = name.split('/');
  if (!host.includes('.')) return null;
  for (let from = 0; from < parts.length; from++) {
    const folder = parts.slice(from).join('/');
    const sources = files
      .inFolder(folder)
      .filter((file) => file.endsWith('.go') && !file.endsWith('_test.go'));
    const main = sources.find((file) => baseName(file) === `${baseName(folder)}.go`) ?? sources[0];
    if (main !== undefined && folderOf(main) === folder) return main;
  }
  return null;
}
