import { createHmac, timingSafeEqual } from 'node:crypto';
import { ForesyncError } from '../domain/errors.js';
import type { DeviceId, Pseudonym, SpaceId } from '../domain/ids.js';
import { spaceId } from '../domain/ids.js';
import type { Position } from '../domain/position.js';

/** A token is never longer: spaces that do not fit are left out, and compared by manifest at the next Hello. */
export const MAX_RESUME_TOKEN_BYTES = 16 * 1024;

const VERSION = 2;
const MAC_BYTES = 32;

/** Whom a token belongs to. */
export interface TokenOwner {
  readonly user: Pseudonym;
  readonly device: DeviceId;
}

/** What a token says. */
export interface Resumption {
  readonly positions: readonly Position[];
  /** See StoredUser: of the user to whom the device belonged then. */
  readonly era: number;
  /** Ms since the epoch. */
  readonly issuedMs: number;
}

/**
 * Where a device stands, sealed: version, era, time and positions as JSON, HMAC-SHA256 over both and over user and device, who are
 * not in it. The first key seals; all of them open, so that keys can be changed.
 */
export class ResumeTokens {
  readonly #keys: readonly Uint8Array[];

  /** Throws CONFIG_INVALID without a key, or with one of less than 32 bytes. */
  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0 || keys.some((key) => key.length < MAC_BYTES)) {
      throw new ForesyncError('CONFIG_INVALID', `resume tokens need a key of at least ${MAC_BYTES} bytes`);
    }
    this.#keys = keys;
  }

  issue(owner: TokenOwner, resumption: Resumption): Uint8Array {
    const key = this.#keys[0] ?? NO_BYTES;
    const body = Buffer.concat([Buffer.of(VERSION), encoded(resumption)]);
    return Buffer.concat([body, mac(key, owner, body)]);
  }

  /**
   * What a token says; null for an empty one. Throws RESUME_TOKEN_FOREIGN for a token of somebody else, of an
   * unknown version or key, or altered in any way.
   */
  open(owner: TokenOwner, token: Uint8Array): Resumption | null {
    if (token.length === 0) return null;
    const cut = token.length - MAC_BYTES;
    if (cut < 2 || token.length > MAX_RESUME_TOKEN_BYTES || token[0] !== VERSION) throw foreign();
    const body = token.subarray(0, cut);
    const seal = token.subarray(cut);
    // Every key is tried, so that the time taken does not tell which one fits.
    const fits = this.#keys.map((key) => timingSafeEqual(mac(key, owner, body), seal));
    if (!fits.includes(true)) throw foreign();
    return decoded(body.subarray(1));
  }
}

/** By space, by epoch: shard and offset, shard and offset, … */
type Body = readonly [era: number, issuedMs: number, ...spaces: SpaceBody[]];
type SpaceBody = readonly [space: string, epochs: readonly (readonly [epoch: string, places: number[]])[]];

function encoded({ positions, era, issuedMs }: Resumption): Buffer {
  const parts = [String(era), String(issuedMs)];
  let bytes = parts.join().length + 4 + MAC_BYTES;
  for (const space of new Set(positions.map((position) => position.space))) {
    const part = JSON.stringify(spaceBody(positions.filter((position) => position.space === space)));
    if (bytes + Buffer.byteLength(part) + 1 > MAX_RESUME_TOKEN_BYTES) continue;
    bytes += Buffer.byteLength(part) + 1;
    parts.push(part);
  }
  return Buffer.from(`[${parts.join(',')}]`);
}

function spaceBody(positions: readonly Position[]): SpaceBody {
  const epochs = new Map<string, number[]>();
  for (const { epoch, shard, offset } of positions) {
    const places = epochs.get(epoch) ?? [];
    places.push(shard, offset);
    epochs.set(epoch, places);
  }
  return [positions[0]?.space ?? '', [...epochs]];
}

/** What is read here was sealed by us, so its form is known. */
function decoded(body: Uint8Array): Resumption {
  const [era, issuedMs, ...spaces] = JSON.parse(Buffer.from(body).toString('utf8')) as Body;
  const positions = spaces.flatMap(([space, epochs]) =>
    epochs.flatMap(([epoch, places]) => placed(spaceId(space), epoch, places)),
  );
  return { positions, era, issuedMs };
}

function placed(space: SpaceId, epoch: string, places: readonly number[]): Position[] {
  const positions: Position[] = [];
  for (let index = 0; index + 1 < places.length; index += 2) {
    positions.push({ space, epoch, shard: places[index] ?? 0, offset: places[index + 1] ?? 0 });
  }
  return positions;
}

function mac(key: Uint8Array, { user, device }: TokenOwner, body: Uint8Array): Buffer {
  const hmac = createHmac('sha256', key).update('foresync resume token');
  for (const part of [user, device]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.update(body).digest();
}

function foreign(): ForesyncError {
  const text = 'the resume token was issued to another user or device, or was altered';
  return new ForesyncError('RESUME_TOKEN_FOREIGN', text, { field: 'hello.resume_token' });
}

const NO_BYTES = new Uint8Array(0);
