import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { CODES } from './codes.js';

/** Anything that JSON can say, with values in it that begin with `$` (values.ts, match.ts). */
export type Json = z.infer<typeof json>;

/** One step of a script; docs/08-write-a-client.md says what each does. */
export type Step = z.infer<typeof step>;

/** What a client has to do in one situation. */
export interface Script {
  /** The file's name without `.json`. */
  readonly name: string;
  /** One sentence: what the client must do. */
  readonly says: string;
  readonly steps: readonly Step[];
}

export const SCRIPTS = 'clients/conformance';

/** Every script of the folder, by name. Throws for what is none, naming the file and the field. */
export function readScripts(folder = SCRIPTS): Script[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const scripts = files.map((file) => readScript(join(folder, file)));
  return scripts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readScript(file: string): Script {
  const parsed = script.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return { name: basename(file, '.json'), ...parsed.data };
}

const json = z.json();
const object = z.record(z.string(), json);

const step = z.union([
  z.strictObject({ begin: object, with: object.optional() }),
  z.strictObject({
    call: z.enum(['connect', 'open', 'report', 'search', 'flush', 'held', 'state', 'close']),
    with: object.optional(),
    as: z.string().optional(),
    gives: object.optional(),
    until: object.optional(),
    fails: z.string().optional(),
  }),
  z.strictObject({ result: z.string(), gives: object.optional(), fails: z.string().optional() }),
  z.strictObject({ accept: object, token: z.string().optional(), not_before_ms: z.number().optional() }),
  z.strictObject({ welcome: object }),
  z.strictObject({ send: z.array(object), as: z.string().optional() }),
  z.strictObject({ receive: object }),
  z.strictObject({ nothing: z.string() }),
  z.strictObject({ acknowledged: z.string() }),
  z.strictObject({ barrier: z.literal(true) }),
  z.strictObject({ echo: z.boolean() }),
  z.strictObject({
    cut: z.strictObject({ code: z.enum(CODES).optional(), retry_after_ms: z.number().optional() }),
  }),
  z.strictObject({ no_stream_ms: z.number() }),
]);

const script = z.strictObject({ says: z.string(), steps: z.array(step) });
