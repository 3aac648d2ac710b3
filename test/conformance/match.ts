import type { Json } from './script.js';
import type { Names } from './values.js';
import { bytesOf, made, textOf } from './values.js';

/**
 * Why something is not what a script expects; null if it is. Fields that the script does not name may be anything; one
 * that is absent counts as its default; lists are compared whole. `{"$as": name}` takes any value and names it.
 */
export function mismatch(expected: Json | Buffer, actual: unknown, names: Names, at = ''): string | null {
  if (Array.isArray(expected)) return listMismatch(expected, actual, names, at);
  if (expected === null || typeof expected !== 'object' || Buffer.isBuffer(expected))
    return valueMismatch(expected, actual, at);
  const [key = ''] = Object.keys(expected);
  if (key === '$as') {
    names.set(textOf(expected['$as']), actual);
    return isDefault(actual) ? `${at} is missing` : null;
  }
  if (key === '$absent') return isDefault(actual) ? null : `${at} is ${shown(actual)} instead of nothing`;
  if (key === '$count') return countMismatch(Number(expected['$count']), actual, at);
  if (key === '$any_order') return bagMismatch(expected['$any_order'], actual, names, at);
  const value = key.startsWith('$') ? made(expected, names) : expected;
  if (Buffer.isBuffer(value) || typeof value !== 'object') return valueMismatch(value, actual, at);
  // Made of JSON: an object that is no Buffer has fields.
  return fieldsMismatch(value as Record<string, Json>, actual, names, at);
}

function fieldsMismatch(
  expected: Record<string, Json>,
  actual: unknown,
  names: Names,
  at: string,
): string | null {
  if (actual === null || typeof actual !== 'object') return `${at} is ${shown(actual)} instead of a message`;
  // An object, as was just seen.
  const fields = actual as Record<string, unknown>;
  for (const [name, value] of Object.entries(expected)) {
    const found = mismatch(value, fields[name], names, at === '' ? name : `${at}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

function listMismatch(expected: readonly Json[], actual: unknown, names: Names, at: string): string | null {
  const list = listOf(actual);
  if (list.length !== expected.length)
    return `${at} has ${list.length} entries instead of ${expected.length}: ${shown(list)}`;
  for (const [index, one] of expected.entries()) {
    const found = mismatch(one, list[index], names, `${at}[${index}]`);
    if (found !== null) return found;
  }
  return null;
}

/** Each of what is expected is found once. */
function bagMismatch(expected: Json | undefined, actual: unknown, names: Names, at: string): string | null {
  const left = [...listOf(actual)];
  const wanted = Array.isArray(expected) ? expected : [];
  if (left.length !== wanted.length)
    return `${at} has ${left.length} entries instead of ${wanted.length}: ${shown(left)}`;
  for (const one of wanted) {
    const index = left.findIndex((candidate) => mismatch(one, candidate, names, at) === null);
    if (index < 0) return `${at} lacks ${shown(made(one, names))}: ${shown(left)}`;
    left.splice(index, 1);
  }
  return null;
}

function countMismatch(count: number, actual: unknown, at: string): string | null {
  const { length } = listOf(actual);
  return length === count ? null : `${at} has ${length} entries instead of ${count}`;
}

function valueMismatch(expected: unknown, actual: unknown, at: string): string | null {
  const same = Buffer.isBuffer(expected)
    ? expected.equals(bytesOf(actual ?? ''))
    : expected === actual || (isDefault(expected) && isDefault(actual));
  return same ? null : `${at} is ${shown(actual)} instead of ${shown(expected)}`;
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === '' || value === false) return true;
  return (Buffer.isBuffer(value) || Array.isArray(value)) && value.length === 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(inHex(value)).slice(0, 400);
}

/** With hexadecimal text for bytes. */
function inHex(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(inHex);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inHex(one)]));
}
