import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that must not be found, and its name. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A text in the encodings that a program may write it in. */
export function text(name: string, value: string): readonly Needle[] {
  return [
    { name, bytes: Buffer.from(value, 'utf8') },
    { name: `${name} (UTF-16)`, bytes: Buffer.from(value, 'utf16le') },
    {
      name: `${name} (base64)`,
      bytes: Buffer.from(Buffer.from(value, 'utf8').toString('base64').slice(0, -4)),
    },
  ];
}

/** A number as text, and as a program keeps it. */
export function number(name: string, value: number): readonly Needle[] {
  const doubles = [Buffer.alloc(8), Buffer.alloc(8)] as const;
  doubles[0].writeDoubleLE(value);
  doubles[1].writeDoubleBE(value);
  return [...text(name, `${value}`), ...doubles.map((bytes) => ({ name: `${name} (float64)`, bytes }))];
}

/** A name of hex digits as text and as the bytes that it stands for. */
export function hex(name: string, value: string): readonly Needle[] {
  return [...text(name, value), { name: `${name} (bytes)`, bytes: Buffer.from(value, 'hex') }];
}

/** Every byte of every file below some folders, by the file's path. */
export async function filesBelow(folders: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) found.set(path, await readFile(path));
    }
  }
  return found;
}

/** Where which needle was found. */
export function search(
  haystacks: ReadonlyMap<string, Buffer>,
  needles: readonly Needle[],
): readonly string[] {
  return [...haystacks].flatMap(([place, bytes]) =>
    needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => `${name} in ${place}`),
  );
}
