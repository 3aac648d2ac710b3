import { createHmac, randomBytes } from 'node:crypto';

/** Names a person of the source in the trace. */
export type Naming = (person: string) => string;

/**
 * `u` and 12 hex digits of HMAC-SHA256 under a key that is drawn for this import and forgotten with it: the same
 * person is the same user within one trace, and nobody finds the person by trying names.
 */
export function pseudonyms(key: Uint8Array = randomBytes(32)): Naming {
  const known = new Map<string, string>();
  return (person) => {
    const first =
      known.get(person) ?? `u${createHmac('sha256', key).update(person, 'utf8').digest('hex').slice(0, 12)}`;
    known.set(person, first);
    return first;
  };
}

/** Keeps names as they are. */
export const plainNames: Naming = (person) => person;

/** Parts of a hidden path: of deeper ones the rest is one part, so that the name stays an id. */
const MOST_PARTS = 32;

/**
 * Names of items whose parts (between slashes) are pseudonyms under one forgotten key: what is in one folder stays in one
 * folder, which a model may learn from, and nobody reads what it is called.
 */
export function hiddenPaths(key: Uint8Array = randomBytes(32)): Naming {
  const hidden = pseudonyms(key);
  return (item) => {
    const parts = item.split('/');
    const rest = parts.splice(MOST_PARTS - 1).join('/');
    return [...parts, ...(rest === '' ? [] : [rest])].map(hidden).join('/');
  };
}
