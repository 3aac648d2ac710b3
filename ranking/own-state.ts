import type { Pseudonym } from '../src/domain/ids.js';
import type { RecurrentStates } from '../src/domain/model-port.js';

/** The recurrent state of the one user of a device, under the one model that it has. */
export class OwnState implements RecurrentStates {
  #state: Float32Array | undefined;

  get(): Promise<Float32Array | undefined> {
    return Promise.resolve(this.#state);
  }

  put(_user: Pseudonym, _model: string, state: Float32Array): Promise<void> {
    this.#state = state;
    return Promise.resolve();
  }

  forget(): void {
    this.#state = undefined;
  }
}
