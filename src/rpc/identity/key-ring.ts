import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ForesyncError } from '../../domain/errors.js';

/** The algorithms there are; each key verifies with exactly one, so no token can choose another for it. */
export type Algorithm = 'HS256' | 'EdDSA' | 'RS256';

export interface VerificationKey {
  readonly algorithm: Algorithm;
  /** Name of the key, if its file gives one. Compared with a token's `kid`, never used to look for a file. */
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

export interface KeyFiles {
  /** Public keys: PEM, JWK or JWKS, EdDSA (Ed25519) or RS256 (2,048 bits at least). */
  readonly keyFiles: readonly string[];
  /** Base64url text of at least 32 random bytes for HS256: development only. */
  readonly secretFile: string | null;
}

const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;
const MAX_KEYS = 64;

/** Reads every configured key. Throws CONFIG_INVALID with the file that cannot be used, or if there is no key at all. */
export function readKeys(files: KeyFiles): readonly VerificationKey[] {
  const keys = files.keyFiles.flatMap(publicKeys);
  if (files.secretFile !== null) keys.push(secretKey(files.secretFile));
  if (keys.length === 0)
    throw invalid('auth', 'names no key: set auth.keyFiles or auth.secretFile, or run with --dev');
  if (keys.length > MAX_KEYS) throw invalid('auth.keyFiles', `hold ${keys.length} keys, at most ${MAX_KEYS}`);
  return keys;
}

/** Reads base64url text of at least 32 bytes. Throws CONFIG_INVALID naming `setting`. */
export function readSecret(setting: string, file: string): Buffer {
  const secret = Buffer.from(read(setting, file).trim(), 'base64url');
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  throw invalid(
    setting,
    `${file} holds ${secret.length} bytes of base64url, at least ${MIN_SECRET_BYTES} are needed`,
  );
}

function secretKey(file: string): VerificationKey {
  const key = createSecretKey(readSecret('auth.secretFile', file));
  return { algorithm: 'HS256', kid: undefined, key };
}

function publicKeys(file: string): VerificationKey[] {
  const text = read('auth.keyFiles', file);
  if (!text.trimStart().startsWith('{')) return [pemKey(file, text)];
  const parsed = json(file, text);
  if (!Array.isArray(parsed['keys'])) return [jwkKey(file, parsed) ?? unusable(file)];
  // A provider's set may hold keys for other purposes; they verify nothing here.
  const usable = parsed['keys'].map((entry) => jwkKey(file, entry as Jwk)).filter((key) => key !== null);
  return usable.length > 0 ? usable : [unusable(file)];
}

type Jwk = JsonWebKey & { readonly use?: unknown; readonly alg?: unknown; readonly kid?: unknown };

function pemKey(file: string, text: string): VerificationKey {
  const key = publicKey(file, () => createPublicKey(text));
  return { algorithm: algorithmOf(key) ?? unusable(file), kid: undefined, key };
}

/** null if the key is not for one of our algorithms. */
function jwkKey(file: string, jwk: Jwk): VerificationKey | null {
  if (jwk.kty !== 'OKP' && jwk.kty !== 'RSA') return null;
  if (jwk.use !== undefined && jwk.use !== 'sig') return null;
  const key = publicKey(file, () => createPublicKey({ key: jwk, format: 'jwk' }));
  const algorithm = algorithmOf(key);
  if (algorithm === null || (jwk.alg !== undefined && jwk.alg !== algorithm)) return null;
  return { algorithm, kid: typeof jwk.kid === 'string' ? jwk.kid : undefined, key };
}

function algorithmOf(key: KeyObject): Algorithm | null {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return key.asymmetricKeyType === 'rsa' && bits >= MIN_RSA_BITS ? 'RS256' : null;
}

function publicKey(file: string, make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch (cause) {
    throw invalid('auth.keyFiles', `${file} holds no public key that can be read`, cause);
  }
}

function json(file: string, text: string): Record<string, unknown> {
  try {
    // It starts with a brace, so what parses is an object.
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw invalid('auth.keyFiles', `${file} is neither PEM nor JSON`, cause);
  }
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(setting, `${file} cannot be read`, cause);
  }
}

function unusable(file: string): never {
  throw invalid(
    'auth.keyFiles',
    `${file} holds no Ed25519 key and no RSA key of at least ${MIN_RSA_BITS} bits`,
  );
}

function invalid(setting: string, text: string, cause?: unknown): ForesyncError {
  return new ForesyncError('CONFIG_INVALID', `${setting}: ${text}`, { field: setting, cause });
}
