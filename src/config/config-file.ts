import { readFileSync } from 'node:fs';
import { invalid } from './invalid.js';
import type { Settings } from './settings.js';

/** Settings from a JSON file: {"push": {"budget": 0.5}}. Throws CONFIG_INVALID if it is none. */
export function fromFile(file: string): Settings {
  const value = json(file, text(file));
  if (!isObject(value)) throw invalid('the configuration', 'is not a JSON object', file);
  for (const [section, settings] of Object.entries(value)) {
    if (!isObject(settings)) throw invalid(section, 'is not a JSON object', file);
  }
  // Each of its values was found to be an object.
  return value as Settings;
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid('the configuration', 'cannot be read', file, cause);
  }
}

function json(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw invalid('the configuration', 'is not JSON', file, cause);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
