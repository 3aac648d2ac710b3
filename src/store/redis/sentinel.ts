import { unavailable } from '../failures.js';
import type { Endpoint } from './address.js';
import { endpointOf, nameOf } from './address.js';
import type { Questions } from './questions.js';
import type { Topology } from './topology.js';

/** The primary that the majority of the Sentinels names. */
export class SentinelTopology implements Topology {
  readonly #sentinels: readonly Endpoint[];
  readonly #primaryName: string;
  readonly #questions: Questions;
  #primary: Endpoint | null = null;
  #refreshing: Promise<void> | null = null;

  constructor(sentinels: readonly Endpoint[], primaryName: string, questions: Questions) {
    this.#sentinels = sentinels;
    this.#primaryName = primaryName;
    this.#questions = questions;
  }

  async primaryOf(): Promise<Endpoint> {
    if (this.#primary === null) await this.refresh();
    if (this.#primary === null) throw unavailable('the Sentinels agree on no primary');
    return this.#primary;
  }

  async primaries(): Promise<readonly Endpoint[]> {
    return [await this.primaryOf()];
  }

  moved(): void {
    // Sentinels redirect nobody.
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  nameOf({ endpoint }: { readonly endpoint: Endpoint }): Promise<string> {
    return Promise.resolve(nameOf(endpoint));
  }

  async confirms(server: string): Promise<boolean> {
    const named = await this.#named();
    return (named.get(server) ?? 0) * 2 > this.#sentinels.length;
  }

  close(): void {
    this.#questions.close();
  }

  async #refresh(): Promise<void> {
    for (const [name, votes] of await this.#named()) {
      if (votes * 2 > this.#sentinels.length) this.#primary = endpointOf(name);
    }
  }

  /** How many Sentinels name which server. */
  async #named(): Promise<ReadonlyMap<string, number>> {
    const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.#primaryName] as const;
    const answers = await this.#questions.ask(this.#sentinels, ...command);
    const votes = new Map<string, number>();
    for (const { answer } of answers) {
      if (!Array.isArray(answer)) continue;
      const name = nameOf({ host: String(answer[0]), port: Number(answer[1]) });
      votes.set(name, (votes.get(name) ?? 0) + 1);
    }
    return votes;
  }
}
