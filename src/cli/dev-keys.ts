import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SignJWT } from 'jose';
import { ForesyncError } from '../domain/errors.js';

/** Where `serve --dev` keeps its keys and its store. */
export const DEV_FOLDER = '.foresync';
export const DEV_SECRET = join(DEV_FOLDER, 'token.secret');
export const DEV_SERVER_KEY = join(DEV_FOLDER, 'server.key');

/** Whom a token is for and what it grants. */
export interface TokenOrder {
  readonly user: string;
  /** null: a backend's. */
  readonly device: string | null;
  readonly spaces: Readonly<Record<string, 'read' | 'write'>>;
  readonly audience: string;
  /** Whether it may export and forget any user. */
  readonly privacy?: boolean;
  readonly expiresMs: number;
}

/** Makes a key that only its owner can read, unless there is one. */
export function ensureKey(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Never over a key that another process made meanwhile.
  writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}

/** A token signed with the secret in a file. Throws CONFIG_INVALID if there is none. */
export function signToken(secretFile: string, order: TokenOrder): Promise<string> {
  const { user, device, spaces, audience, expiresMs, privacy = false } = order;
  const claims = { sub: user, aud: audience, exp: Math.floor(expiresMs / 1000), spaces };
  const who = device === null ? {} : { device };
  return new SignJWT({ ...claims, ...who, ...(privacy ? { privacy } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(createSecretKey(secretOf(secretFile)));
}

function secretOf(file: string): Buffer {
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  } catch (cause) {
    const text = `there is no secret in ${file}: run \`foresync serve --dev\` first, or name one with --secret`;
    throw new ForesyncError('CONFIG_INVALID', text, { field: '--secret', cause });
  }
}
