import type { FileIndex } from './file-index.js';
import { baseName, folderOf, joined, upwards } from './file-index.js';
import type { Language } from './language.js';

const mod = /^[ \t]*(?:pub(?:\([^)\n]*\))?[ \t]+)?mod[ \t]+(\w+)[ \t]*;/gm;
const use = /^[ \t]*(?:pub(?:\([^)\n]*\))?[ \t]+)?use[ \t]+((?:crate|super|self)(?:::\w+)*)/gm;

/** Rust: `mod x;` and `use crate::…`, `use super::…`, `use self::…`, up to the first brace or star. */
export const rust: Language = {
  extensions: ['.rs'],
  *imports(path, source, files) {
    for (const [, name = ''] of source.matchAll(mod)) {
      yield* found(moduleFile(moduleFolder(path), [name], files));
    }
    for (const [, name = ''] of source.matchAll(use)) {
      const file = used(path, name.split('::'), files);
      if (file !== null && file !== path) yield file;
    }
  },
};

/** The longest part of the name that is a module: what follows names something in it. */
function used(path: string, [root = '', ...rest]: readonly string[], files: FileIndex): string | null {
  let folder: string | null = root === 'crate' ? crateFolder(path, files) : moduleFolder(path);
  let names = rest;
  if (root === 'super') folder = folder === null ? null : joined(folder, '..');
  for (; names[0] === 'super'; names = names.slice(1)) folder = folder === null ? null : joined(folder, '..');
  if (folder === null) return null;
  for (let length = names.length; length > 0; length--) {
    const file = moduleFile(folder, names.slice(0, length), files);
    if (file !== null) return file;
  }
  return null;
}

function moduleFile(folder: string, names: readonly string[], files: FileIndex): string | null {
  const base = [...(folder === '' ? [] : [folder]), ...names].join('/');
  return files.firstOf([`${base}.rs`, `${base}/mod.rs`]);
}

/** Where the modules below a file are: beside `mod.rs`, `lib.rs` and `main.rs`, else in the folder of its name. */
function moduleFolder(path: string): string {
  const isRoot = ['mod.rs', 'lib.rs', 'main.rs'].includes(baseName(path));
  return isRoot ? folderOf(path) : path.slice(0, -'.rs'.length);
}

function crateFolder(path: string, files: FileIndex): string | null {
  for (const folder of upwards(folderOf(path))) {
    const inside = folder === '' ? '' : `${folder}/`;
    if (files.firstOf([`${inside}lib.rs`, `${inside}main.rs`]) !== null) return folder;
  }
  return null;
}

function found(file: string | null): string[] {
  return file === null ? [] : [file];
}
