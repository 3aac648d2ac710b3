/** The files of a tree, for resolving what a source file names: everything answers paths that exist, or nothing. */
export class FileIndex {
  readonly #files: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();
  readonly #byFolder = new Map<string, string[]>();

  constructor(files: Iterable<string>) {
    this.#files = new Set(files);
    for (const file of this.#files) {
      append(this.#byName, baseName(file), file);
      append(this.#byFolder, folderOf(file), file);
    }
  }

  /** The first of the paths that is a file. */
  firstOf(paths: Iterable<string>): string | null {
    for (const path of paths) if (this.#files.has(path)) return path;
    return null;
  }

  /** The file that is `suffix` or ends with `/suffix`; of several the one whose path shares most with `near`. */
  endingWith(suffix: string, near: string): string | null {
    let best: string | null = null;
    for (const file of this.#byName.get(baseName(suffix)) ?? []) {
      if (file !== suffix && !file.endsWith(`/${suffix}`)) continue;
      if (best === null || shared(file, near) > shared(best, near)) best = file;
    }
    return best;
  }

  /** Files directly in a folder ('' is the root). */
  inFolder(folder: string): readonly string[] {
    return this.#byFolder.get(folder) ?? [];
  }
}

/** The folder of a path, '' at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `folder/path` with `.` and `..` resolved; null if it leaves the tree. */
export function joined(folder: string, path: string): string | null {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** A folder and the folders above it, up to the root ''. */
export function* upwards(folder: string): Generator<string> {
  for (let at = folder; at !== ''; at = folderOf(at)) yield at;
  yield '';
}

/** Length of the common start of two paths. */
function shared(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
