import type { FileIndex } from './file-index.js';
import type { Language } from './language.js';

const imported = /^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)(?:\.\*)?[ \t]*;?/gm;
const endings = ['.java', '.kt', '.scala'];

/** Java and its neighbours: `import a.b.C` is the file that ends with `a/b/C.java`; of a nested name the outer class. */
export const java: Language = {
  extensions: endings,
  *imports(path, source, files) {
    for (const [, name = ''] of source.matchAll(imported)) {
      const file = classFile(name, path, files);
      if (file !== null && file !== path) yield file;
    }
  },
};

function classFile(name: string, path: string, files: FileIndex): string | null {
  const parts = name.split('.');
  for (let length = parts.length; length >= Math.max(1, parts.length - 2); length--) {
    const stem = parts.slice(0, length).join('/');
    for (const ending of endings) {
      const file = files.endingWith(stem + ending, path);
      if (file !== null) return file;
    }
  }
  return null;
}
