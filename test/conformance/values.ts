import { createHash } from 'node:crypto';
import { addTerm, digestBytes, manifestTerm } from '@foresync/protocol/digest';
import { ForesyncError } from '../../src/domain/errors.js';
import { wireStatus } from '../../src/rpc/status.js';
import { codeOf } from './codes.js';
import type { Json } from './script.js';

/** What a script named: numbers of deliveries, and whatever it took from what the client sent. */
export type Names = Map<string, unknown>;

/** A script's JSON with every `$…` in it made: bytes are Buffers. Throws for what it does not know. */
export function made(value: Json, names: Names): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.flatMap(repeated).map((one) => made(one, names));
  const [key = ''] = Object.keys(value);
  const make = VALUES[key];
  if (make !== undefined) return make(value, names);
  if (key.startsWith('$')) throw new Error(`${key} is not a value`);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, made(one, names)]));
}

/** Bytes, whether they came as bytes or as base64. */
export function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  throw new Error(`${JSON.stringify(value)} is not bytes`);
}

/** An entry `{"$times": n, "of": …}` stands for n entries, with their number for each `#`. */
function repeated(entry: Json): Json[] {
  if (entry === null || typeof entry !== 'object' || !('$times' in entry)) return [entry];
  // An object, as was just seen.
  const { $times, of } = entry as Fields;
  const text = JSON.stringify(of);
  // What was JSON before is JSON after it.
  return Array.from(
    { length: Number($times) },
    (_, at) => JSON.parse(text.replaceAll('#', String(at))) as Json,
  );
}

/** A text of a script. Throws for something else. */
export function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is not a text`);
  return value;
}

type Fields = Record<string, Json | undefined>;

const VALUES: Readonly<Record<string, (fields: Fields, names: Names) => unknown>> = {
  $utf8: ({ $utf8 }) => Buffer.from(textOf($utf8)),
  $hex: ({ $hex }) => Buffer.from(textOf($hex), 'hex'),
  /** So many bytes, 0 to 250 over and over; from and to which, if not all. */
  $bytes: ({ $bytes, from, to }) =>
    Buffer.from(Array.from({ length: Number($bytes) }, (_, at) => at % 251)).subarray(
      Number(from ?? 0),
      Number(to ?? $bytes),
    ),
  $sha256: ({ $sha256 = null }, names) => sha256(content($sha256, names)),
  $digest: ({ $digest = null }, names) => digest($digest, names),
  $checkpoint: ({ $checkpoint, content: text = null, version, space }, names) => {
    const bytes = content(text, names);
    return {
      space: space ?? 'notes',
      item: $checkpoint,
      timestamp: 1_700_000_000_000,
      data_hash: sha256(bytes),
      version: version ?? 1,
      size_bytes: bytes.length,
    };
  },
  /** A google.rpc.Status with a code of the catalogue, and facts. */
  $status: ({ $status, facts }) => {
    // Whoever writes a script says texts by texts.
    const told = facts === undefined ? {} : { facts: facts as Record<string, string> };
    const error = new ForesyncError(codeOf($status), 'as the script says', told);
    const { code, message, details } = wireStatus(error);
    const packed = details.map(({ typeUrl, value }) => ({ type_url: typeUrl, value: Buffer.from(value) }));
    return { code, message, details: packed };
  },
  $is: ({ $is }, names) => {
    if (!names.has(textOf($is))) throw new Error(`nothing is called ${textOf($is)}`);
    return names.get(textOf($is));
  },
};

/** A text stands for its UTF-8. */
function content(value: Json, names: Names): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : bytesOf(made(value, names));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Of [space, item, content]. */
function digest(entries: Json, names: Names): Buffer {
  if (!Array.isArray(entries)) throw new Error('$digest is a list');
  const sum = entries.reduce((terms, entry) => {
    const [space, item, held = null] = Array.isArray(entry) ? entry : [];
    const term = manifestTerm(sha256, textOf(space), textOf(item), sha256(content(held, names)));
    return addTerm(terms, term);
  }, 0n);
  return Buffer.from(digestBytes(sum));
}
