import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import type { Transport } from '../../clients/typescript/src/transport.js';
import { SPACE } from '../push/workload.js';

/** Real clients that hold nothing, and count what is pushed to them. */
export class Receivers {
  readonly #devices: { readonly client: Foresync; readonly transport: Transport }[] = [];
  #received = 0;
  #wanted = Infinity;
  #done: () => void = () => undefined;

  private constructor() {
    // By `connect`.
  }

  /** A device for each token, each over a transport of its own. */
  static async connect(tokens: readonly string[], open: () => Transport): Promise<Receivers> {
    const receivers = new Receivers();
    for (const [index, token] of tokens.entries()) {
      const transport = open();
      const client = await connect({ transport, token, spaces: [SPACE], clientName: String(index) });
      receivers.#devices.push({ client, transport });
      void receivers.#count(client);
    }
    return receivers;
  }

  /** Resolves when so many more contents have come and are held. To be called before the first of them is sent. */
  receive(contents: number): Promise<void> {
    this.#wanted = this.#received + contents;
    return new Promise((resolve) => (this.#done = resolve));
  }

  async close(): Promise<void> {
    for (const { client, transport } of this.#devices) {
      await client.close();
      transport.close();
    }
  }

  async #count(client: Foresync): Promise<void> {
    for await (const event of client.events()) {
      if (event.kind === 'overflow') this.#received += event.missed;
      else if (event.kind === 'pushed') this.#received += 1;
      if (this.#received >= this.#wanted) this.#done();
    }
  }
}
