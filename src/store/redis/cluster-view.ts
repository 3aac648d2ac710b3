import type { Endpoint } from './address.js';
import { endpointOf } from './address.js';
import { SLOTS } from './slots.js';

/** A node of a cluster, as one of its nodes sees it. */
export interface ClusterNode {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly primary: boolean;
  /** The majority holds it for dead. */
  readonly failed: boolean;
  /** Of two nodes that claim a slot, the one with the higher epoch is right. */
  readonly epoch: number;
  /** Ranges of slots, both ends included. */
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** Reads the answer of CLUSTER NODES; `self`: whom it came from, for a node that does not know its own address. */
export function readNodes(text: string, self: Endpoint): readonly ClusterNode[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', address = '', flags = '', , , , epoch = '0', , ...slots] = line.split(' ');
      const named = endpointOf(address.replace(/[@,].*$/, ''));
      const words = flags.split(',');
      const host = named.host === '' || words.includes('noaddr') ? self.host : named.host;
      return {
        id,
        endpoint: { host, port: named.port },
        primary: words.includes('master'),
        failed: words.includes('fail') || words.includes('noaddr'),
        epoch: Number(epoch),
        slots: slots.filter((range) => !range.startsWith('[')).map(rangeOf),
      };
    });
}

/** The primary of each slot, from what several nodes say: the highest epoch counts, as between the nodes themselves. */
export function ownersOf(views: readonly (readonly ClusterNode[])[]): readonly (Endpoint | undefined)[] {
  const owners = new Array<Endpoint | undefined>(SLOTS).fill(undefined);
  const epochs = new Array<number>(SLOTS).fill(-1);
  for (const { endpoint, epoch, slots, primary } of views.flat()) {
    if (!primary) continue;
    for (const [first, last] of slots) {
      for (let slot = first; slot <= last; slot++) {
        if (epoch <= (epochs[slot] ?? -1)) continue;
        owners[slot] = endpoint;
        epochs[slot] = epoch;
      }
    }
  }
  return owners;
}

/** Whether a view knows the node as a primary that is alive and has slots. */
export function seesPrimary(view: readonly ClusterNode[], id: string): boolean {
  return view.some((node) => node.id === id && node.primary && !node.failed && node.slots.length > 0);
}

function rangeOf(text: string): readonly [number, number] {
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  return [first, last];
}
