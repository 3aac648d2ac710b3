import type { Sha256 } from '@foresync/protocol/digest';
import { en } from 'zod/locales';
// Browsers load it too: of the whole zod they would load five times as much as of all the rest here.
import * as z from 'zod/mini';
import type { ModelSizes } from '../../domain/model-port.js';
import { modelInvalid, textOf } from './failures.js';
import { toHex } from './hex.js';

/** Most columns of a state: its record, with the model's id, stays within RECURRENT_BYTES. */
export const MAX_STATE = 1000;
const MAX_COLUMNS = 4096;
const MAX_MANIFEST_BYTES = 1024 * 1024;

/** What a model's manifest.json says. Keys that are not here are ignored. */
export interface ModelManifest {
  /** Hash of the definition of descriptors and features, hex: trained and served by the same one, or not at all. */
  readonly featureSpec: string;
  /** Names of the columns, in their order. */
  readonly features: readonly string[];
  readonly descriptors: readonly string[];
  readonly sizes: ModelSizes;
  readonly files: { readonly advance: ModelFile; readonly score: ModelFile };
  /** As training wrote it; whoever calibrates knows its form. */
  readonly calibration: Readonly<Record<string, unknown>>;
}

export interface ModelFile {
  /** A plain name, in the manifest's own folder. */
  readonly file: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** Reads and checks a manifest. Throws MODEL_INVALID, naming the field, what was expected and what was found. */
export function parseManifest(bytes: Uint8Array, expectedSpec: string): ModelManifest {
  const parsed = manifestSchema.safeParse(jsonOf(bytes), IN_WORDS);
  if (!parsed.success) throw refused(parsed.error);
  const { feature_spec: featureSpec, sizes, features, descriptors, files, calibration } = parsed.data;
  expectEqual('manifest.json feature_spec', expectedSpec, featureSpec);
  expectEqual('manifest.json sizes.features', features.length, sizes.features);
  expectEqual('manifest.json sizes.descriptor', descriptors.length, sizes.descriptor);
  return { featureSpec, features, descriptors, sizes, files, calibration };
}

/** The bytes of one of the model's files. Throws MODEL_INVALID if they are missing, or others than the manifest names. */
export function checkedFile(
  { file, sha256: expected }: ModelFile,
  files: ReadonlyMap<string, Uint8Array>,
  sha256: Sha256,
): Uint8Array {
  const bytes = files.get(file);
  if (bytes === undefined) throw modelInvalid(file, 'a file', 'none');
  expectEqual(`${file} sha256`, expected, toHex(sha256(bytes)));
  return bytes;
}

function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw modelInvalid('manifest.json', `at most ${MAX_MANIFEST_BYTES} bytes`, `${bytes.length}`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw modelInvalid('manifest.json', 'JSON', textOf(cause), cause);
  }
}

function expectEqual<T extends string | number>(field: string, expected: T, found: T): void {
  if (found !== expected) throw modelInvalid(field, `${expected}`, `${found}`);
}

function refused(error: z.core.$ZodError): Error {
  const issue = error.issues[0];
  const field = `manifest.json ${issue?.path.join('.') ?? ''}`.trimEnd();
  return modelInvalid(field, 'a value of format 1', issue?.message ?? 'something else', error);
}

const columns = (most: number) => z.int().check(z.minimum(1), z.maximum(most));
const file = z.object({
  // No way out of the folder.
  file: z.string().check(z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/)),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
const manifestSchema = z.object({
  format: z.literal(1),
  feature_spec: z.string().check(z.regex(/^[0-9a-f]{1,64}$/)),
  features: z.array(z.string()),
  descriptors: z.array(z.string()),
  sizes: z.object({
    state: columns(MAX_STATE),
    descriptor: columns(MAX_COLUMNS),
    features: columns(MAX_COLUMNS),
  }),
  files: z.object({ advance: file, score: file }),
  calibration: z._default(z.record(z.string(), z.unknown()), {}),
});
// The small one has no words of its own.
const IN_WORDS = { error: en().localeError };
