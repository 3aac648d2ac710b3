import assert from 'node:assert/strict';

/**
 * What devices and writers saw, and whether it may be so. Kept for every test with faults: over a simulated network, over
 * gRPC, over a store that is killed. Names are plain strings, so that any client can feed it.
 *
 * I1 an acknowledged write is never lost
 * I2 positions of a device go up within an epoch, and cover no change that it was not told, unless it starts anew
 * I3 every content delivered has the hash that was announced
 * I4 nothing of a space reaches a device that may not read it, and no context of one user reaches another (items whose
 *    ids contain `user:<name>` are touched by that user alone)
 * I5 after the faults every device holds what is current, or knows that what it holds is old
 * I7 the version of an item never goes back for a device within an epoch
 * I8 what a device acknowledged as stored, and still holds, is not sent again
 */
export class History {
  readonly #writes: Write[] = [];
  readonly #devices = new Map<string, DeviceHistory>();
  readonly #violations: string[] = [];

  /** A write was acknowledged. */
  wrote(write: Write): void {
    this.#writes.push(write);
  }

  /** A device, by user and name; `spaces` are those that its token grants. */
  device(user: string, device: string, spaces: readonly string[]): DeviceHistory {
    const key = `${user}/${device}`;
    const known =
      this.#devices.get(key) ?? new DeviceHistory(key, user, spaces, this.#writes, this.#violations);
    this.#devices.set(key, known);
    return known;
  }

  /** Ends the history: `current` answers what an item is now, null if it is deleted or never was. */
  end(current: (space: string, item: string) => Current | null): void {
    for (const write of this.#writes) {
      const now = current(write.space, write.item);
      const found =
        now === null ? this.#deleted(write) : now.epoch !== write.epoch || now.version >= write.version;
      if (!found)
        this.#violations.push(`I1 ${nameOf(write)} version ${write.version} was acknowledged and is lost`);
    }
    for (const device of this.#devices.values()) device.end(current);
  }

  /** Whether the last that was done to the item was to delete it. */
  #deleted({ space, item, epoch }: Write): boolean {
    const same = this.#writes.filter(
      (write) => write.space === space && write.item === item && write.epoch === epoch,
    );
    return same.reduce((a, b) => (b.version > a.version ? b : a)).dataHash === null;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  assertClean(): void {
    assert.deepEqual(this.#violations, []);
  }
}

export interface Write {
  readonly space: string;
  readonly item: string;
  readonly shard: number;
  readonly epoch: string;
  readonly version: number;
  /** null if it was deleted. */
  readonly dataHash: string | null;
}

export interface Current {
  readonly epoch: string;
  readonly version: number;
  readonly dataHash: string | null;
}

export interface Claim {
  readonly space: string;
  readonly shard: number;
  readonly epoch: string;
  readonly offset: number;
}

interface Held {
  readonly dataHash: string;
  readonly old: boolean;
  /** The device came to hold it beside its session, so a position may be claimed before the server knows. */
  readonly beside: boolean;
}

/** One device's part of a history, over all of its sessions. */
export class DeviceHistory {
  readonly #name: string;
  readonly #user: string;
  readonly #spaces: ReadonlySet<string>;
  readonly #writes: readonly Write[];
  readonly #violations: string[];
  readonly #held = new Map<string, Held>();
  readonly #acknowledged = new Map<string, string>();
  readonly #versions = new Map<string, number>();
  readonly #positions = new Map<string, Claim>();
  /** Shards of which this session has claimed a position: its first claim may repeat what was stored. */
  readonly #claimed = new Set<string>();
  #delivery = 0;

  constructor(
    name: string,
    user: string,
    spaces: readonly string[],
    writes: readonly Write[],
    violations: string[],
  ) {
    this.#name = name;
    this.#user = user;
    this.#spaces = new Set(spaces);
    this.#writes = writes;
    this.#violations = violations;
  }

  /** A session begins with the positions that the device had stored: what it was told beyond them does not count. */
  connected(stored: readonly Claim[]): void {
    this.#delivery = 0;
    this.#positions.clear();
    this.#claimed.clear();
    for (const claim of stored) this.#positions.set(`${claim.space} ${claim.shard}`, claim);
    for (const [name, held] of this.#held) this.#held.set(name, { ...held, beside: false });
  }

  /** The device is told to start a space anew: positions and versions begin again. */
  anew(space: string): void {
    for (const key of this.#positions.keys()) if (key.startsWith(`${space} `)) this.#positions.delete(key);
    for (const name of this.#versions.keys()) if (name.startsWith(`${space}\n`)) this.#versions.delete(name);
  }

  /** Every event of a session, by its number. */
  event(delivery: number): void {
    if (delivery !== ++this.#delivery)
      this.#violate('I2', `delivery ${delivery} came instead of ${this.#delivery}`);
  }

  /** A content is announced, or came at once. */
  announced(space: string, item: string, version: number): void {
    const name = nameOf({ space, item });
    this.#mayRead(space, name);
    this.#goesUp(name, version);
  }

  /** A content came whole; `actualHash` is what its bytes hash to. */
  content(what: {
    readonly space: string;
    readonly item: string;
    readonly dataHash: string;
    readonly actualHash: string;
    readonly userContext: string;
  }): void {
    const name = nameOf(what);
    for (const [, user] of what.userContext.matchAll(/user:(\w+)/g))
      if (user !== this.#user) this.#violate('I4', `${name} came with the context of ${user ?? ''}`);
    if (what.actualHash !== what.dataHash) this.#violate('I3', `${name} does not have its hash`);
    if (this.#acknowledged.get(name) === what.dataHash) this.#violate('I8', `${name} was sent again`);
    this.#held.set(name, { dataHash: what.dataHash, old: false, beside: false });
  }

  /** The device stores what it wrote itself, or fetched beside its session. */
  holds(space: string, item: string, dataHash: string): void {
    this.#held.set(nameOf({ space, item }), { dataHash, old: false, beside: true });
  }

  /** The device told the server that it has stored this content. */
  acknowledged(space: string, item: string, dataHash: string): void {
    this.#acknowledged.set(nameOf({ space, item }), dataHash);
  }

  /** The device dropped what it held. */
  dropped(space: string, item: string): void {
    this.#held.delete(nameOf({ space, item }));
    this.#acknowledged.delete(nameOf({ space, item }));
  }

  /** The device was told what is current. */
  told(space: string, item: string, version: number, dataHash: string | null): void {
    const name = nameOf({ space, item });
    this.#mayRead(space, name);
    if (version > 0) this.#goesUp(name, version);
    const held = this.#held.get(name);
    if (held !== undefined) this.#held.set(name, { ...held, old: held.dataHash !== dataHash, beside: false });
  }

  /** A position was claimed: everything up to it must be known by now. */
  position(claim: Claim): void {
    const key = `${claim.space} ${claim.shard}`;
    const before = this.#positions.get(key);
    this.#mayRead(claim.space, `position of ${claim.space}`);
    const least = (before?.offset ?? 0) + (this.#claimed.has(key) ? 1 : 0);
    this.#claimed.add(key);
    if (before?.epoch === claim.epoch && claim.offset < least)
      this.#violate('I2', `position of shard ${claim.shard} went from ${before.offset} to ${claim.offset}`);
    if (before !== undefined && before.epoch !== claim.epoch)
      this.#violate('I2', `the epoch of shard ${claim.shard} changed, and nobody said so`);
    this.#positions.set(key, claim);
    for (const write of this.#newest(claim)) {
      const held = this.#held.get(nameOf(write));
      if (held !== undefined && !held.old && !held.beside && this.#isOlder(held.dataHash, write))
        this.#violate(
          'I2',
          `position ${claim.offset} covers ${nameOf(write)} ${write.version}, of which nothing was told`,
        );
    }
  }

  /** What came of it all. */
  end(current: (space: string, item: string) => Current | null): void {
    for (const [name, { dataHash, old }] of this.#held) {
      const [space = '', item = ''] = name.split('\n');
      const now = current(space, item)?.dataHash ?? null;
      if (!old && now !== dataHash) this.#violate('I5', `${name} is old, and nobody said so`);
    }
  }

  /** The newest write of each item up to a position. */
  #newest({ space, shard, epoch, offset }: Claim): Iterable<Write> {
    const newest = new Map<string, Write>();
    for (const write of this.#writes) {
      if (write.space !== space || write.shard !== shard || write.epoch !== epoch || write.version > offset)
        continue;
      if ((newest.get(write.item)?.version ?? 0) < write.version) newest.set(write.item, write);
    }
    return newest.values();
  }

  /**
   * Whether a content is that of earlier writes alone. One that no acknowledged write made is not: its write is newer than
   * what was acknowledged so far.
   */
  #isOlder(dataHash: string, write: Write): boolean {
    const made = this.#writes.filter(
      (other) =>
        nameOf(other) === nameOf(write) && other.epoch === write.epoch && other.dataHash === dataHash,
    );
    return made.length > 0 && made.every(({ version }) => version < write.version);
  }

  #goesUp(name: string, version: number): void {
    const before = this.#versions.get(name) ?? 0;
    if (version < before) this.#violate('I7', `${name} went from version ${before} to ${version}`);
    this.#versions.set(name, version);
  }

  #mayRead(space: string, what: string): void {
    if (!this.#spaces.has(space)) this.#violate('I4', `${what} reached a device that may not read it`);
  }

  #violate(invariant: string, text: string): void {
    this.#violations.push(`${invariant} ${this.#name}: ${text}`);
  }
}

const nameOf = ({ space, item }: { readonly space: string; readonly item: string }): string =>
  `${space}\n${item}`;
