import type { FileIndex } from './file-index.js';
import { folderOf, joined, upwards } from './file-index.js';
import type { Language } from './language.js';

const plain =
  /^[ \t]*import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)/gm;
const from = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(?:\(([^)]{0,8000})\)|([^\n#]+))/gm;

/** Python: `import a.b`, `from a.b import c`, `from .a import b`; absolute names from any folder above, and from `src`. */
export const python: Language = {
  extensions: ['.py', '.pyi'],
  *imports(path, source, files) {
    for (const [, list = ''] of source.matchAll(plain)) {
      for (const name of names(list)) yield* found(absolute(path, name, files));
    }
    for (const [, dots = '', module = '', inBrackets, inLine] of source.matchAll(from)) {
      for (const name of names(inBrackets ?? inLine ?? ''))
        yield* found(imported(path, dots, module, name, files));
    }
  },
};

/** `from module import name`: the submodule if `name` is one, else the module. */
function imported(path: string, dots: string, module: string, name: string, files: FileIndex): string | null {
  const inner = module === '' ? name : `${module}.${name}`;
  if (dots === '') return absolute(path, inner, files) ?? absolute(path, module, files);
  const folder = joined(folderOf(path), '../'.repeat(dots.length - 1));
  if (folder === null) return null;
  return moduleFile(folder, inner, files) ?? moduleFile(folder, module, files);
}

function absolute(path: string, name: string, files: FileIndex): string | null {
  for (const folder of upwards(folderOf(path))) {
    const file =
      moduleFile(folder, name, files) ?? moduleFile(folder === '' ? 'src' : `${folder}/src`, name, files);
    if (file !== null && file !== path) return file;
  }
  return null;
}

function moduleFile(folder: string, name: string, files: FileIndex): string | null {
  const base = joined(folder, name.replaceAll('.', '/')) ?? '';
  const init = base === '' ? '__init__' : `${base}/__init__`;
  return files.firstOf([`${base}.py`, `${base}.pyi`, `${init}.py`, `${init}.pyi`]);
}

function names(list: string): string[] {
  return list
    .replaceAll(/#[^\n]*/g, '')
    .split(',')
    .map((part) => part.trim().split(/\s+/)[0] ?? '')
    .filter((name) => /^[\w.]+$/.test(name));
}

function found(file: string | null): string[] {
  return file === null ? [] : [file];
}
