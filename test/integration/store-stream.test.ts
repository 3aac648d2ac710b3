import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openStore } from '../../src/store/open.js';
import { scratchFolder } from '../support/scratch.js';
import { auditBlobs } from '../support/store-audit.js';

const MIB = 1024 * 1024;
const SIZE = 64 * MIB;
const PIECE = 100_000;

describe('store: a large content', function () {
  this.timeout(120_000);

  it('of 64 MiB is written and read without being held in memory', async () => {
    const folder = await scratchFolder();
    const store = await openStore({ url: `lmdb:${folder.path}` }, { clock: Date, randomBytes });
    const memory = new Watermark();
    const sent = createHash('sha256');
    async function* content(): AsyncGenerator<Uint8Array> {
      const block = randomBytes(PIECE);
      for (let left = SIZE; left > 0; left -= PIECE) {
        block.writeUInt32LE(left);
        const piece = block.subarray(0, Math.min(left, PIECE));
        sent.update(piece);
        memory.look();
        yield await Promise.resolve(piece);
      }
    }
    const hash = await store.blobs.put(content(), SIZE, null);
    assert.equal(hash, sent.digest('hex'));
    const read = createHash('sha256');
    for (let offset = 0; offset < SIZE; offset += 256 * 1024) {
      read.update((await store.blobs.read(hash, offset, 256 * 1024)) ?? '');
      memory.look();
    }
    assert.equal(read.digest('hex'), hash);
    assert.ok(memory.highest < SIZE / 4, `${memory.highest} bytes`);
    await store.close();
    await auditBlobs(folder.path);
    await folder.remove();
  });
});

/** The most that is held in buffers beyond what was held at the start, garbage not counted. */
class Watermark {
  highest = 0;
  #looks = 0;
  readonly #collect: () => void;
  readonly #start: number;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void; // what the flag adds to a new context
    this.#collect();
    this.#start = process.memoryUsage().arrayBuffers;
  }

  /** Every 16th time: collecting takes a while. */
  look(): void {
    if (this.#looks++ % 16 !== 0) return;
    this.#collect();
    this.highest = Math.max(this.highest, process.memoryUsage().arrayBuffers - this.#start);
  }
}
