import type { Transport } from '@foresync/client/browser';
import { ForesyncClientError } from '@foresync/client/browser';
import type { Way } from './far-link.js';
import { FarLink, until } from './far-link.js';

/** `here`: nothing is added to what this machine takes. `slow`: `DELAY_MS` there and back. `off`: nothing comes through. */
export type NetworkState = 'here' | 'slow' | 'off';

/** What a slow network adds to a question and its answer, ms: half of it each way. */
export const DELAY_MS = 300;

/**
 * A network between a client and a server that can be worse than it is. It really delays and really cuts: what the
 * client measures are waits that happened.
 */
export class SimulatedNetwork implements Way {
  #state: NetworkState;
  #cut = new AbortController();

  constructor(state: NetworkState) {
    this.#state = state;
  }

  get state(): NetworkState {
    return this.#state;
  }

  set state(state: NetworkState) {
    this.#state = state;
    if (state !== 'off') return;
    this.#cut.abort(turnedOff());
    this.#cut = new AbortController();
  }

  /** The same transport, over this network. */
  over(transport: Transport): Transport {
    const there = async <T>(call: () => Promise<T>): Promise<T> => {
      await this.cross();
      const answer = await call();
      await this.cross();
      return answer;
    };
    return {
      openSession: (hello, token) => new FarLink(this, () => transport.openSession(hello, token)),
      put: (header, chunks, call) => there(() => transport.put(header, chunks, call)),
      get: (request, call) => this.#read(() => transport.get(request, call)),
      delete: (request, call) => there(() => transport.delete(request, call)),
      list: (request, call) => there(() => transport.list(request, call)),
      close: () => transport.close(),
    };
  }

  /** Aborted when the network is next turned off, with UNAVAILABLE. */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  /** When what sets out now is on the other side, as `performance.now()` will say it. */
  arrival(): number {
    return performance.now() + (this.#state === 'slow' ? DELAY_MS / 2 : 0);
  }

  /** Resolves on the other side. Rejects with UNAVAILABLE while the network is off. */
  async cross(): Promise<void> {
    if (this.#state === 'off') throw turnedOff();
    await until(this.arrival());
  }

  async *#read<T>(call: () => AsyncIterable<T>): AsyncGenerator<T> {
    await this.cross();
    for await (const part of call()) {
      await this.cross();
      yield part;
    }
  }
}

function turnedOff(): ForesyncClientError {
  return new ForesyncClientError('UNAVAILABLE', 'the network is turned off on this page');
}
