import type { Hello, ManifestEntry } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { DeviceBuffer } from './buffer.js';
import type { ContentName } from './acks.js';
import { fromHex } from './hex.js';
import { utf8Length } from './ids.js';
import type { Uplink } from './uplink.js';

/** Encoded bytes of a part of the manifest: well below a frame. */
const PART_BYTES = 256 * 1024;

/**
 * What a device holds in each space that it follows, at one moment: that of the Hello. What it comes to hold or drops
 * after that is told by acks, which come behind the manifest.
 */
export class Manifest {
  readonly digests: Hello['digests'];
  readonly #contents: ReadonlyMap<string, readonly ContentName[]>;

  constructor(buffer: DeviceBuffer, spaces: readonly string[]) {
    this.digests = spaces.map((space) => {
      const { digest, count } = buffer.digest(space);
      return { space, digest, count: BigInt(count) };
    });
    this.#contents = new Map(
      spaces.map((space) => [space, Array.from(buffer.list(space), ({ checkpoint }) => checkpoint)]),
    );
  }

  /** Sends a space's in parts of bounded count and size; the last one says so, and is sent even if nothing is held. */
  send(space: string, uplink: Uplink): void {
    let entries: ManifestEntry[] = [];
    let bytes = 0;
    const sendPart = (last: boolean): void => {
      uplink.send({ $case: 'manifest', value: { space, entries, last } }, bytes + utf8Length(space) + 64);
      entries = [];
      bytes = 0;
    };
    for (const { item, dataHash } of this.#contents.get(space) ?? []) {
      if (entries.length === PROTOCOL_LIMITS.manifestEntriesPerPart || bytes >= PART_BYTES) sendPart(false);
      entries.push({ item, dataHash: fromHex(dataHash) });
      bytes += utf8Length(item) + 48;
    }
    sendPart(true);
  }

  /** Whatever the Hello said: nothing is held of the space any more. */
  sendNothing(space: string, uplink: Uplink): void {
    uplink.send({ $case: 'manifest', value: { space, entries: [], last: true } });
  }
}
