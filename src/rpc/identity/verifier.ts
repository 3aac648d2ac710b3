import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock } from '../../domain/clock.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Identity } from '../../domain/identity.js';
import { identityOf, type Naming } from './claims.js';
import type { VerificationKey } from './key-ring.js';

export interface VerifierOptions extends Naming {
  readonly audience: string;
  /** null = any issuer whose signature verifies. */
  readonly issuer: string | null;
  /** How far the issuer's clock may be off, ms. */
  readonly leewayMs: number;
}

const MAX_TOKEN_CHARS = 8192;

/** Turns bearer tokens into identities, by the clock that it was given. The keys can be replaced while it works. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #clock: Clock;
  #keys: readonly VerificationKey[];

  constructor(keys: readonly VerificationKey[], options: VerifierOptions, clock: Clock) {
    this.#keys = keys;
    this.#options = options;
    this.#clock = clock;
  }

  /** What is verified from now on; open streams keep their identity until it expires. */
  replaceKeys(keys: readonly VerificationKey[]): void {
    this.#keys = keys;
  }

  /** Throws UNAUTHENTICATED unless a known key signed the token for this audience and it holds now. */
  async verify(token: string): Promise<Identity> {
    if (token.length > MAX_TOKEN_CHARS)
      throw refused(`is longer than ${MAX_TOKEN_CHARS} characters`, 'too-long');
    const payload = await this.#payload(token);
    return identityOf(payload, this.#options);
  }

  async #payload(token: string): Promise<JWTPayload> {
    for (const { key, algorithm } of this.#candidates(token)) {
      try {
        const verified = await jwtVerify(token, key, { algorithms: [algorithm], ...this.#checks() });
        return verified.payload;
      } catch (thrown) {
        if (!(thrown instanceof errors.JWSSignatureVerificationFailed)) throw translated(thrown);
      }
    }
    throw refused('is signed by no known key', 'signature');
  }

  /** The keys that a token's header admits: of its algorithm, and not of another name. */
  #candidates(token: string): readonly VerificationKey[] {
    let header: { alg?: string; kid?: unknown };
    try {
      header = decodeProtectedHeader(token);
    } catch {
      throw refused('is malformed', 'malformed');
    }
    const { alg, kid } = header;
    return this.#keys.filter(
      (key) => key.algorithm === alg && (kid === undefined || key.kid === undefined || key.kid === kid),
    );
  }

  #checks() {
    const { audience, issuer, leewayMs } = this.#options;
    return {
      audience,
      ...(issuer === null ? {} : { issuer }),
      requiredClaims: ['exp', 'sub'],
      clockTolerance: leewayMs / 1000,
      currentDate: new Date(this.#clock.now()),
    };
  }
}

function translated(thrown: unknown): ForesyncError {
  if (thrown instanceof errors.JWTExpired) return refused('expired', 'expired');
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    return refused(`has a claim that does not hold: ${thrown.claim}`, thrown.claim);
  }
  if (thrown instanceof errors.JOSEError) return refused('is malformed', 'malformed');
  return ForesyncError.from(thrown);
}

function refused(problem: string, reason: string): ForesyncError {
  return new ForesyncError('UNAUTHENTICATED', `the token ${problem}`, { facts: { reason } });
}
