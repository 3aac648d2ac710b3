import { grpcTransport } from '@foresync/client';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { ReplayServer } from '../../app-replay.js';
import { ForesyncError } from '../../domain/errors.js';
import type { ItemId, SpaceId, UserId } from '../../domain/ids.js';
import { userId } from '../../domain/ids.js';

/** The owner of the contents: puts what no device writes, over gRPC, by a token without a device. */
export class Backend {
  readonly #transport: ReturnType<typeof grpcTransport>;
  readonly #space: SpaceId;
  readonly #token: string;

  private constructor(endpoint: string, space: SpaceId, token: string) {
    this.#transport = grpcTransport({ endpoint });
    this.#space = space;
    this.#token = token;
  }

  static async open(server: ReplayServer, space: SpaceId): Promise<Backend> {
    const [endpoint = ''] = server.endpoints;
    return new Backend(endpoint, space, await server.token(userId('backend'), null));
  }

  /** Puts a content; `audience` names whom it is addressed to, nobody = those who opened the item before. */
  async put(
    item: ItemId,
    content: Uint8Array,
    links: readonly ItemId[],
    audience: readonly UserId[],
  ): Promise<void> {
    if (audience.length > PROTOCOL_LIMITS.audience) {
      const told = `${item} changed for ${audience.length} users at once, at most ${PROTOCOL_LIMITS.audience} can be told over gRPC; use --in-process`;
      throw new ForesyncError('FIELD_INVALID', told, { field: 'audience' });
    }
    const header = {
      space: this.#space,
      item,
      ifMatch: NONE,
      createOnly: false,
      dataHash: NONE,
      sizeBytes: BigInt(content.length),
      edges: links.map((target) => ({ item: target, kind: LINK })),
      modifiedMs: 0n,
      audience: [...audience],
    };
    await this.#transport.put(header, chunks(content), { token: this.#token, timeoutMs: 120_000 });
  }

  close(): void {
    this.#transport.close();
  }
}

function* chunks(content: Uint8Array): Generator<Uint8Array> {
  const { chunkBytes } = PROTOCOL_LIMITS;
  for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
}

const NONE = new Uint8Array(0);
/** EDGE_KIND_LINK; generated code is for the edges of the house, and this is a client's. */
const LINK = 2 as const;
