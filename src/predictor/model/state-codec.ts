import { fromHex, toHex } from './hex.js';

const FORMAT = 1;
const ID_BYTES = 32;
const HEADER_BYTES = 1 + ID_BYTES;

/** A state and the model whose it is. */
export interface OwnedState {
  /** The model's id: 64 hex digits. */
  readonly model: string;
  readonly state: Float32Array;
}

/** A format byte, the model's id, then the values as little-endian float32: 33 + 4 × columns bytes. */
export function encodeState({ model, state }: OwnedState): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 4 * state.length);
  bytes[0] = FORMAT;
  bytes.set(fromHex(model).subarray(0, ID_BYTES), 1);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of state.entries()) view.setFloat32(HEADER_BYTES + 4 * index, value, true);
  return bytes;
}

/** The state of such bytes; null if they are something else, or not finite. */
export function decodeState(bytes: Uint8Array): OwnedState | null {
  const columns = (bytes.length - HEADER_BYTES) / 4;
  if (bytes[0] !== FORMAT || columns < 0 || !Number.isInteger(columns)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const state = Float32Array.from({ length: columns }, (_, index) =>
    view.getFloat32(HEADER_BYTES + 4 * index, true),
  );
  if (!state.every(Number.isFinite)) return null;
  return { model: toHex(bytes.subarray(1, HEADER_BYTES)), state };
}
