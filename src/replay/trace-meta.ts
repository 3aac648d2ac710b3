import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { traceInvalid } from './trace-invalid.js';
import type { TraceMeta } from './trace-types.js';

const types = z.array(z.string().min(1).max(128)).max(64);

/** What `meta.json` may say; what it says beyond that (counts, notes) is ignored. */
const metaSchema = z.object({
  name: z.string().min(1).max(128),
  licence: z.string().max(512).default('unknown'),
  train: z.boolean().default(false),
  writes: types.default([]),
  creates: types.default([]),
  outside: types.default([]),
});

/** Reads `meta.json` of a trace folder. Throws TRACE_INVALID with the file and the field. */
export async function readMeta(folder: string): Promise<TraceMeta> {
  const file = join(folder, 'meta.json');
  const place = { file, line: 0 };
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw traceInvalid(place, 'cannot be read; every trace has one', undefined, error);
  });
  const parsed = metaSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue === undefined ? '' : issue.path.join('.');
  throw traceInvalid(place, `${field === '' ? 'the file' : field}: ${issue?.message ?? 'is wrong'}`, field);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw traceInvalid({ file, line: 0 }, `is no JSON: ${String(error)}`, undefined, error);
  }
}
