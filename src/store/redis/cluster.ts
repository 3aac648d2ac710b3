import { unavailable } from '../failures.js';
import type { Endpoint } from './address.js';
import { distinct } from './address.js';
import type { ClusterNode } from './cluster-view.js';
import { ownersOf, readNodes, seesPrimary } from './cluster-view.js';
import type { Connection } from './connection.js';
import type { Questions } from './questions.js';
import type { Topology } from './topology.js';

/** Nodes that are asked at a time who has which slots. */
const ASKED = 7;

/** Who has which slots of a Redis Cluster, asked of several nodes, because one may be cut off or just awake again. */
export class ClusterTopology implements Topology {
  readonly #seeds: readonly Endpoint[];
  readonly #questions: Questions;
  #owners: (Endpoint | undefined)[] = [];
  #nodes: readonly ClusterNode[] = [];
  #refreshing: Promise<void> | null = null;
  #turn = 0;

  constructor(seeds: readonly Endpoint[], questions: Questions) {
    this.#seeds = seeds;
    this.#questions = questions;
  }

  async primaryOf(slot: number): Promise<Endpoint> {
    if (this.#owners[slot] === undefined) await this.refresh();
    const owner = this.#owners[slot];
    if (owner === undefined) throw unavailable('no node that answers has the slot');
    return owner;
  }

  async primaries(): Promise<readonly Endpoint[]> {
    if (this.#owners.length === 0) await this.refresh();
    return distinct(this.#owners.flatMap((owner) => owner ?? []));
  }

  moved(slot: number, endpoint: Endpoint): void {
    this.#owners[slot] = endpoint;
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  nameOf({ redis }: Connection): Promise<string> {
    return redis.cluster('MYID');
  }

  async confirms(server: string): Promise<boolean> {
    const voters = this.#nodes.filter(({ primary, slots }) => primary && slots.length > 0);
    const others = voters.filter(({ id }) => id !== server).map(({ endpoint }) => endpoint);
    const views = await this.#ask(others);
    const votes = 1 + views.filter((view) => seesPrimary(view, server)).length;
    return votes * 2 > others.length + 1;
  }

  close(): void {
    this.#questions.close();
  }

  async #refresh(): Promise<void> {
    const known = distinct([...this.#nodes.map(({ endpoint }) => endpoint), ...this.#seeds]);
    const views = await this.#ask(inTurn(known, this.#turn++));
    const [first] = views;
    // Nobody answered: what was known is the best guess.
    if (first === undefined) return;
    this.#nodes = first;
    this.#owners = [...ownersOf(views)];
  }

  async #ask(endpoints: readonly Endpoint[]): Promise<readonly (readonly ClusterNode[])[]> {
    const answers = await this.#questions.ask(endpoints, 'CLUSTER', 'NODES');
    return answers.map(({ endpoint, answer }) => readNodes(String(answer), endpoint));
  }
}

/** So many of them, others in each turn. */
function inTurn(endpoints: readonly Endpoint[], turn: number): readonly Endpoint[] {
  const start = turn % endpoints.length;
  return [...endpoints.slice(start), ...endpoints.slice(0, start)].slice(0, ASKED);
}
