/**
 * Compares two strings by their UTF-8 bytes, without encoding them. JavaScript compares UTF-16 code units instead, which
 * puts U+E000 to U+FFFF after the characters beyond U+FFFF; everywhere else the two orders agree.
 */
export function compareUtf8(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Code units in the order of the UTF-8 of what they stand for: surrogates last. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
