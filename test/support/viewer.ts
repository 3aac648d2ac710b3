import type { PutHeader as PutHeaderMessage } from '@foresync/protocol';
import { ActivityType, ContentServiceDefinition, PutHeader, SyncServiceDefinition } from '@foresync/protocol';
import type { AppWorld } from './app-world.js';
import { Caller } from './calls.js';
import { HandStream } from './hand-stream.js';

/** A device on a live stream whose user views items, one batch a call. It acknowledges nothing that is pushed to it. */
export class Viewer {
  readonly stream: HandStream;
  readonly #caller: Caller;
  #sequence = 0n;
  #timeMs: bigint;

  private constructor(caller: Caller, startMs: number) {
    this.#caller = caller;
    this.stream = new HandStream(caller);
    this.#timeMs = BigInt(startMs);
  }

  static async open(world: AppWorld, user = 'alice', device = 'laptop'): Promise<Viewer> {
    const token = await world.tokens.token({ user, device });
    const viewer = new Viewer(new Caller(world.port, SyncServiceDefinition, token), Date.now() - 3_600_000);
    viewer.#sequence = (await viewer.stream.hello()).activitySequence;
    viewer.stream.send({ $case: 'manifest', value: { space: 'notes', entries: [], last: true } });
    await viewer.stream.barrier(1n);
    return viewer;
  }

  /** Views these items, a second apart; resolves when the batch is durable and planned for. */
  async view(...items: string[]): Promise<void> {
    const activities = items.map((item) => ({
      type: ActivityType.ACTIVITY_TYPE_VIEWED,
      item,
      queryBuckets: [],
      timeMs: (this.#timeMs += 1000n),
      locationCell: '',
    }));
    const value = { sequence: ++this.#sequence, space: 'notes', activities };
    this.stream.send({ $case: 'activities', value });
    await this.stream.barrier(this.#sequence + 1n);
  }

  /** Items that were pushed to it so far, and are taken out. */
  pushed(): string[] {
    const found = this.stream.seen.flatMap(({ event }) =>
      event?.$case === 'push' ? [event.value.checkpoint?.item ?? ''] : [],
    );
    const rest = this.stream.seen.filter(({ event }) => event?.$case !== 'push');
    this.stream.seen.splice(0, this.stream.seen.length, ...rest);
    return found;
  }

  /** Leaves in order. Rejects with what the stream ended with, if it was broken. */
  async leave(): Promise<void> {
    this.stream.call.end();
    const failure = await this.stream.ended;
    this.#caller.close();
    if (failure !== null) throw failure;
  }
}

/** A backend writes items whose contents are their names, and what makes them new. */
export async function putItems(world: AppWorld, items: readonly string[], news = ''): Promise<void> {
  const token = await world.tokens.token({ user: 'backend', device: null });
  const caller = new Caller(world.port, ContentServiceDefinition, token);
  for (const item of items) {
    const content = Buffer.from(`${item}${news}`);
    const header: PutHeaderMessage = PutHeader.create({
      space: 'notes',
      item,
      sizeBytes: BigInt(content.length),
    });
    await caller.upload(ContentServiceDefinition.methods.put, [
      { part: { $case: 'header' as const, value: header } },
      { part: { $case: 'chunk' as const, value: content } },
    ]);
  }
  caller.close();
}
