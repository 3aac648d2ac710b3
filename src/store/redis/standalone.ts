import type { Endpoint } from './address.js';
import type { Topology } from './topology.js';

/** One server, which is responsible for everything and has nobody to ask. */
export function standaloneTopology(endpoint: Endpoint): Topology {
  return {
    primaryOf: () => Promise.resolve(endpoint),
    primaries: () => Promise.resolve([endpoint]),
    moved: () => undefined,
    refresh: () => Promise.resolve(),
    nameOf: () => Promise.resolve('standalone'),
    confirms: () => Promise.resolve(true),
    close: () => undefined,
  };
}
