import { storeConfig } from './app/settings.js';
import type { Config } from './config.js';
import type { CopyOptions, CopyReport } from './store/archive/copy.js';
import { copyArchive } from './store/archive/copy.js';
import { openArchive, openCopy } from './store/archives.js';
import { UNOBSERVED } from './store/observer.js';

export type { CopyProgress, CopyReport } from './store/archive/copy.js';

/**
 * Copies a store to another place, or goes on with a copy. `config` says how stores are reached and what lives how long, and of
 * a new store in Redis the partitions. Throws as `copyArchive`, and CONFIG_INVALID for a URL that names no store that lasts.
 */
export async function copyStore(
  from: string,
  to: string,
  config: Config,
  options: CopyOptions,
): Promise<CopyReport> {
  const common = storeConfig(config, UNOBSERVED);
  const source = await openArchive({ ...common, url: from });
  try {
    const target = await openCopy({ ...common, url: to });
    try {
      return await copyArchive(source, target, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
