import { Environment } from '../../../../src/store/lmdb/environment.js';
import type { GroupCommitLimits } from '../../../../src/store/lmdb/group-commit.js';
import { GROUP_COMMIT_LIMITS } from '../../../../src/store/lmdb/group-commit.js';
import type { Writing } from '../../../../src/store/lmdb/records.js';
import { scratchFolder } from '../../../support/scratch.js';

export interface OpenEnvironment {
  readonly environment: Environment;
  readonly path: string;
  remove(): Promise<void>;
}

/** An environment in a new directory, for one test. */
export async function openEnvironment(
  limits: Partial<GroupCommitLimits> = {},
  housekeeping: (records: Writing) => void = () => undefined,
): Promise<OpenEnvironment> {
  const folder = await scratchFolder();
  const { path } = folder;
  const environment = await Environment.open(path, { ...GROUP_COMMIT_LIMITS, ...limits }, housekeeping);
  return {
    environment,
    path,
    remove: async () => {
      await environment.close();
      await folder.remove();
    },
  };
}

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** How many keys start with this letter. */
export function countKeys(environment: Environment, letter: string): Promise<number> {
  const end = bytes(String.fromCharCode(letter.charCodeAt(0) + 1));
  return environment.read((records) => records.keys({ start: bytes(letter), end, limit: 1_000_000 }).length);
}
