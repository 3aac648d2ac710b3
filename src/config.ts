import type { z } from 'zod';
import { fromFile } from './config/config-file.js';
import { fromEnvironment } from './config/environment.js';
import { invalid } from './config/invalid.js';
import type { Config, PartialConfig } from './config/schema.js';
import { SETTING_TYPES } from './config/schema.js';
import type { Settings } from './config/settings.js';

export type { Config, PartialConfig } from './config/schema.js';

/** Where settings come from; later ones win over earlier ones, and all over the defaults. */
export interface ConfigSources {
  /** Other defaults, for a way of running. */
  readonly base?: PartialConfig;
  /** A JSON file. */
  readonly file?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  readonly flags?: PartialConfig;
}

/** The configuration of all sources. Throws CONFIG_INVALID naming the setting that is unknown or cannot be, and its source. */
export function loadConfig(sources: ConfigSources): Config {
  const { base = {}, file, environment = {}, flags = {} } = sources;
  const given: [string, Settings][] = [
    ['defaults', base],
    ...(file === undefined ? [] : [[file, fromFile(file)] as [string, Settings]]),
    ['environment', fromEnvironment(environment)],
    ['flags', flags],
  ];
  const merged: Record<string, Record<string, Given>> = {};
  for (const [from, settings] of given) merge(merged, from, settings);
  return consistent(checked(merged));
}

/** A configuration for tests, replays and embedding: settings in code. */
export function configOf(settings: PartialConfig): Config {
  return loadConfig({ flags: settings });
}

interface Given {
  readonly value: unknown;
  readonly from: string;
}

function merge(into: Record<string, Record<string, Given>>, from: string, settings: Settings): void {
  for (const [section, values] of Object.entries(settings)) {
    const known = SETTING_TYPES[section];
    if (known === undefined || !Object.hasOwn(SETTING_TYPES, section))
      throw invalid(section, 'is no section of the configuration', from);
    for (const [name, value] of Object.entries(values ?? {})) {
      if (value === undefined) continue;
      if (!Object.hasOwn(known, name)) throw invalid(`${section}.${name}`, 'is no setting', from);
      (into[section] ??= {})[name] = { value, from };
    }
  }
}

function checked(given: Record<string, Record<string, Given>>): Config {
  const config = Object.entries(SETTING_TYPES).map(([section, settings]) => [
    section,
    Object.fromEntries(
      Object.entries(settings).map(([name, type]) => [
        name,
        valueOf(`${section}.${name}`, type, given[section]?.[name]),
      ]),
    ),
  ]);
  // Each setting was parsed by its own type.
  return Object.fromEntries(config) as Config;
}

function valueOf(setting: string, type: z.ZodType, given: Given | undefined): unknown {
  const result = type.safeParse(given?.value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [setting, ...(issue?.path ?? [])].join('.');
  throw invalid(path, `is wrong: ${issue?.message ?? ''}`, given?.from ?? 'defaults');
}

/** What single settings cannot know of each other. */
function consistent(config: Config): Config {
  const { tls, limits, server } = config;
  if ((tls.certFile === null) !== (tls.keyFile === null)) {
    throw invalid('tls', 'needs both certFile and keyFile', 'all sources');
  }
  if (tls.clientCaFile !== null && tls.certFile === null) {
    throw invalid('tls.clientCaFile', 'needs certFile and keyFile', 'all sources');
  }
  if (limits.chunkBytes * 2 > limits.frameBytes) {
    throw invalid('limits.chunkBytes', 'is more than half of limits.frameBytes', 'all sources');
  }
  for (const address of [server.listen, server.metricsListen]) {
    if (address !== null && portOf(address) > 65_535)
      throw invalid('server.listen', `has no port: ${address}`, 'all sources');
  }
  return config;
}

/** Host and port of `HOST:PORT`; brackets around an IPv6 address are taken off. */
export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const cut = address.lastIndexOf(':');
  return { host: address.slice(0, cut).replace(/^\[(.*)\]$/, '$1'), port: portOf(address) };
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));
