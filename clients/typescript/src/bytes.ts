/** A copy as a plain Uint8Array. `slice` is none of a Buffer, and what is decoded in Node is a Buffer on the whole frame. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
