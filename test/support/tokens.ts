import { createSecretKey, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';

/** A key of tokens for tests, and what it signs. */
export class TokenMaker {
  readonly #secret = randomBytes(32);

  /** Writes the secret as the server reads it; answers the file. */
  writeSecret(folder: string): string {
    const file = join(folder, 'token.secret');
    writeFileSync(file, this.#secret.toString('base64url'), { mode: 0o600 });
    return file;
  }

  /** A device's token; `device` null makes a backend's. Valid for an hour by the wall clock unless told otherwise. */
  token(options: {
    readonly user?: string;
    readonly device?: string | null;
    readonly spaces?: Readonly<Record<string, string>>;
    readonly expiresMs?: number;
    readonly claims?: Readonly<Record<string, unknown>>;
  }): Promise<string> {
    const { user = 'alice', device = 'laptop', spaces = { notes: 'write' }, claims = {} } = options;
    const expiresMs = options.expiresMs ?? Date.now() + 3_600_000;
    const named = device === null ? {} : { device };
    return new SignJWT({ sub: user, aud: 'foresync', exp: expiresMs / 1000, spaces, ...named, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(createSecretKey(this.#secret));
  }
}
