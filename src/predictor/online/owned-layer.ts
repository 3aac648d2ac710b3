import type { PolicyMemory } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import { fromHex, toHex } from '../model/hex.js';
import type { OnlineLayer } from './layer.js';

const ID_BYTES = 32;
/** The id of no model. */
const NONE = '0'.repeat(2 * ID_BYTES);

/**
 * A space's on-line layer and the model over whose logits it learned. Over another model's logits what it learned would be
 * wrong, so a fresh one takes its place, at run time as after a restart.
 */
export class OwnedLayer implements PolicyMemory {
  readonly #make: () => OnlineLayer;
  readonly #model: () => string;
  #owner: string;
  #layer: OnlineLayer;

  /** `model`: the id of the model of now, 64 hex digits; null where there is none. */
  constructor(make: () => OnlineLayer, model: (() => string) | null) {
    this.#make = make;
    this.#model = model ?? (() => NONE);
    this.#owner = this.#model();
    this.#layer = make();
  }

  /** The layer over the model of now. Throws MODEL_FAILED if that is closed. */
  get now(): OnlineLayer {
    const model = this.#model();
    if (model !== this.#owner) {
      this.#owner = model;
      this.#layer = this.#make();
    }
    return this.#layer;
  }

  /** The owner's id, then the layer's own dump. */
  dump(): Uint8Array {
    const learned = this.#layer.dump();
    const bytes = new Uint8Array(ID_BYTES + learned.length);
    bytes.set(fromHex(this.#owner).subarray(0, ID_BYTES));
    bytes.set(learned, ID_BYTES);
    return bytes;
  }

  load(bytes: Uint8Array): boolean {
    if (bytes.length < ID_BYTES) throw new ForesyncError('STORE_CORRUPT', 'on-line layer: too short');
    if (toHex(bytes.subarray(0, ID_BYTES)) !== this.#owner) return false;
    this.#layer.load(bytes.subarray(ID_BYTES));
    return true;
  }
}
