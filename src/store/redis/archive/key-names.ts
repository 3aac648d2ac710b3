/** What a key stands for, of those that lead to all others. */
export type KeyKind = 'user' | 'mark' | 'space' | 'snapshot' | 'blob' | 'any';

/** For SCAN; what it finds is looked at again by `isOf`. */
export const PATTERNS: Readonly<Record<KeyKind, string>> = {
  user: '{u:*:i',
  mark: '{[ud]:*',
  space: '{s:*:meta',
  snapshot: '{s:*:p:*',
  blob: '{b:*:m',
  any: '{[usbd]:*',
};

/** Whether a key is one of this kind, whatever the id in it looks like. */
export function isOf(kind: KeyKind, key: string): boolean {
  switch (kind) {
    case 'user':
      return key.startsWith('{u:') && named(key)?.rest === ':i';
    case 'mark':
      return MARK.test(key);
    case 'space':
      return named(key)?.rest === ':meta';
    case 'snapshot':
      return named(key)?.rest.startsWith(':p:') === true;
    case 'blob':
      return BLOB.test(key);
    case 'any':
      return true;
  }
}

/** The id with its length in front, and what comes after it. */
export function named(key: string): { readonly id: string; readonly rest: string } | null {
  const start = LENGTH.exec(key);
  if (start === null) return null;
  const end = start[0].length + Number(start[1]);
  return { id: key.slice(start[0].length, end), rest: key.slice(end) };
}

/** The mark or hash in a key. */
export function digitsIn(key: string): string {
  return /[0-9a-f]{64}/.exec(key)?.[0] ?? '';
}

const LENGTH = /^\{[us]:\d+\}:(\d+):/;
const MARK = /^(\{u:\d+\}:d|\{d:\d+\}):[0-9a-f]{64}$/;
const BLOB = /^\{b:\d+\}:[0-9a-f]{64}:m$/;
