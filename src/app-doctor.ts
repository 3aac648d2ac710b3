import { examineKeys } from './app/doctor/keys.js';
import { examineListeners } from './app/doctor/listeners.js';
import { examineModels } from './app/doctor/models.js';
import { examineTls } from './app/doctor/tls.js';
import { storeConfig } from './app/settings.js';
import type { Config } from './config.js';
import type { Clock } from './domain/clock.js';
import type { Finding } from './domain/finding.js';
import { UNOBSERVED } from './store/observer.js';
import { examineStore } from './store/examine.js';

/**
 * Looks at everything that a server of this configuration needs, one finding a check, as they are found. Changes nothing, and
 * may be asked while servers run. Throws CONFIG_INVALID for a store.url that cannot be read; all else is a finding.
 */
export async function* examine(config: Config, clock: Clock): AsyncGenerator<Finding> {
  yield* examineKeys(config);
  yield examineTls(config, clock);
  yield* await examineListeners(config);
  yield* await examineModels(config);
  yield* await examineStore(storeConfig(config, UNOBSERVED), clock);
}
