import { statSync } from 'node:fs';
import type { Config } from '../../config.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Finding } from '../../domain/finding.js';
import { failure, ok, warning } from '../../domain/finding.js';
import { readKeys } from '../../rpc/identity/key-ring.js';
import { deploymentKeys } from '../identity.js';

/** Whether tokens can be verified, and whether users keep their pseudonyms. */
export function examineKeys(config: Config): readonly Finding[] {
  return [tokenKeys(config), serverKey(config)];
}

function tokenKeys({ auth }: Config): Finding {
  const check = 'token keys';
  try {
    const algorithms = new Set(readKeys(auth).map(({ algorithm }) => algorithm));
    if (auth.secretFile === null) return ok(check, [...algorithms].join(', '));
    const found = `${auth.secretFile}: whoever verifies with a secret can sign with it`;
    return warning(check, found, 'set auth.keyFiles to public keys of your identity provider');
  } catch (thrown) {
    return failure(check, ForesyncError.from(thrown).rawMessage, 'mend auth.keyFiles or auth.secretFile');
  }
}

function serverKey(config: Config): Finding {
  const check = 'server key';
  const file = config.auth.serverKeyFile;
  try {
    deploymentKeys(config);
  } catch (thrown) {
    const advice = 'write 32 random bytes as base64url, the same file on every node';
    return failure(check, ForesyncError.from(thrown).rawMessage, advice);
  }
  if (file === null) return warning(check, 'none: lasts as long as the process', 'set auth.serverKeyFile');
  return (statSync(file).mode & OTHERS) === 0
    ? ok(check, `${file}; the same is needed on every node`)
    : warning(check, `${file} may be read by others than its owner`, `chmod 600 ${file}`);
}

/** Rights of the group and of everybody. */
const OTHERS = 0o077;
