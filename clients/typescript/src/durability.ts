import { Durability as WireDurability } from '@foresync/protocol';
import type { Durability } from './events.js';

/** How safely the server says that it keeps something; what it does not say counts as the least. */
export function durabilityOf(wire: WireDurability): Durability {
  if (wire === WireDurability.DURABILITY_REPLICATED) return 'replicated';
  return wire === WireDurability.DURABILITY_DEGRADED ? 'degraded' : 'local';
}
