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
    return this.#owned(this.#layer.dump());
  }

  lesson(): Uint8Array | null {
    const lesson = this.now.lesson();
    return lesson === null ? null : this.#owned(lesson);
  }

  taught(bytes: Uint8Array): boolean {
    const layer = this.now;
    return this.#isOwn(bytes) && layer.taught(bytes.subarray(ID_BYTES));
  }

  load(bytes: Uint8Array): boolean {
    if (!this.#isOwn(bytes)) return false;
    this.#layer.load(bytes.subarray(ID_BYTES));
    return true;
  }

  #owned(learned: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(ID_BYTES + learned.length);
    bytes.set(fromHex(this.#owner).subarray(0, ID_BYTES));
    bytes.set(learned, ID_BYTES);
    return bytes;
  }

  /** Whether something was learned over the model of now. Throws STORE_CORRUPT. */
  #isOwn(bytes: Uint8Array): boolean {
    if (bytes.length < ID_BYTES) throw new ForesyncError('STORE_CORRUPT', 'on-line layer: too short');
    return toHex(bytes.subarray(0, ID_BYTES)) === this.#owner;
  }
}
