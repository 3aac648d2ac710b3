/** FNV-1a over bytes: finds damage, not malice. */
export function checksum(bytes: Iterable<number>): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The same over the UTF-16 units of a text: the same number for it everywhere and always. */
export function hashText(text: string): number {
  return checksum(Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)));
}
