import { invalid } from './invalid.js';
import { SETTING_TYPES } from './schema.js';
import type { Settings } from './settings.js';

const PREFIX = 'FORESYNC_';

/** Variables that commands read themselves. */
const OTHERS = new Set(['FORESYNC_TOKEN', 'FORESYNC_ENDPOINT', 'FORESYNC_SPACE', 'FORESYNC_CONFIG']);

/**
 * Settings from variables: FORESYNC_PUSH_BUDGET=0.5 is push.budget. Numbers, true, false, null and lists are JSON. Throws
 * CONFIG_INVALID for a variable that names no setting, for it may be a mistyped one.
 */
export function fromEnvironment(environment: NodeJS.ProcessEnv): Settings {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith(PREFIX) || OTHERS.has(variable)) continue;
    const setting = SETTINGS.get(variable);
    if (setting === undefined) throw invalid(variable, 'names no setting', 'environment');
    const { section, name, accepts } = setting;
    (settings[section] ??= {})[name] = accepts(parsed(text)) ? parsed(text) : text;
  }
  return settings;
}

interface Setting {
  readonly section: string;
  readonly name: string;
  /** Whether a value can be one of this setting. */
  readonly accepts: (value: unknown) => boolean;
}

const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.entries(SETTING_TYPES).flatMap(([section, settings]) =>
    Object.entries(settings).map(([name, type]): [string, Setting] => [
      `${PREFIX}${upper(section)}_${upper(name)}`,
      { section, name, accepts: (value) => type.safeParse(value).success },
    ]),
  ),
);

/** maxInFlight → MAX_IN_FLIGHT */
function upper(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
