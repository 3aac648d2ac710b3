import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 1 << 20;

/** A file of raw little-endian values, written as they come; at most 1 MiB waits in memory. */
export class ColumnFile {
  readonly #file: number;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Node runs on little-endian machines only. */
  write(values: Float32Array | Float64Array | Uint32Array | Uint8Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#waiting.push(bytes.slice());
    this.#bytes += bytes.length;
    if (this.#bytes >= BUFFER_BYTES) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const all = Buffer.concat(this.#waiting);
    for (let written = 0; written < all.length; ) written += writeSync(this.#file, all, written);
    this.#waiting = [];
    this.#bytes = 0;
  }
}
