import { randomBytes } from 'node:crypto';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import { ForesyncError } from '../domain/errors.js';
import { readKeys, readSecret } from '../rpc/identity/key-ring.js';
import type { DerivedKeys } from '../rpc/identity/server-key.js';
import { deriveKeys } from '../rpc/identity/server-key.js';
import { Verifier, type VerifierOptions } from '../rpc/identity/verifier.js';

/**
 * The keys of this deployment. Without a file they last as long as the process, which a store that lasts longer does not
 * admit: its users would be others after a restart. Throws CONFIG_INVALID.
 */
export function deploymentKeys({ auth, store }: Config): DerivedKeys {
  const { serverKeyFile } = auth;
  if (serverKeyFile !== null) return deriveKeys(readSecret('auth.serverKeyFile', serverKeyFile));
  if (store.url === 'memory:') return deriveKeys(randomBytes(32));
  throw new ForesyncError(
    'CONFIG_INVALID',
    'auth.serverKeyFile is needed with a store that outlives the process',
    {
      field: 'auth.serverKeyFile',
    },
  );
}

/** Who verifies tokens. Throws CONFIG_INVALID naming the key that cannot be used. */
export function verifierOf(
  { auth }: Config,
  keys: DerivedKeys,
  clock: Clock,
  pseudonymOf?: VerifierOptions['pseudonymOf'],
): Verifier {
  const { audience, issuer, leewayMs } = auth;
  const named = pseudonymOf === undefined ? {} : { pseudonymOf };
  const options = { audience, issuer, leewayMs, pseudonymKey: keys.pseudonym, ...named };
  return new Verifier(readKeys(auth), options, clock);
}
