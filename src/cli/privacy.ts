import { open } from 'node:fs/promises';
import type { CallOptions, PrivacyRights } from '@foresync/client';
import { grpcPrivacy } from '@foresync/client';
import { ForesyncError } from '../domain/errors.js';
import type { Remote } from './remote.js';
import type { Terminal } from './terminal.js';

/** Asks a server, within the timeout, until Ctrl-C. */
export async function withPrivacy<T>(
  { endpoint, tls, token, timeoutMs }: Remote,
  terminal: Terminal,
  ask: (privacy: PrivacyRights, call: CallOptions) => Promise<T>,
): Promise<T> {
  const privacy = grpcPrivacy({ endpoint, tls });
  try {
    return await ask(privacy, { token, timeoutMs, signal: terminal.signal });
  } finally {
    privacy.close();
  }
}

/**
 * Writes what a server keeps of a user as lines of JSON, to a file that only its owner may read, or to standard output.
 * Answers how many records that were. Throws CONFIG_INVALID for a file that is there, unless it may be replaced.
 */
export async function exportUser(
  remote: Remote,
  order: { readonly user: string; readonly out: string | undefined; readonly force: boolean },
  terminal: Terminal,
): Promise<number> {
  const file = order.out === undefined ? null : await opened(order.out, order.force);
  let records = 0;
  try {
    await withPrivacy(remote, terminal, async (privacy, call) => {
      for await (const { kind, json } of privacy.export({ user: order.user }, call)) {
        const line = `{"kind":${JSON.stringify(kind)},"record":${json}}\n`;
        if (file === null) terminal.out.write(line);
        else await file.write(line);
        records++;
      }
    });
  } finally {
    await file?.close();
  }
  return records;
}

async function opened(out: string, force: boolean): ReturnType<typeof open> {
  try {
    return await open(out, force ? 'w' : 'wx', 0o600);
  } catch (cause) {
    throw new ForesyncError('CONFIG_INVALID', `${out} cannot be written; --force replaces a file`, {
      field: 'out',
      cause,
    });
  }
}
