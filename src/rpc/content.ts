import type { ContentServiceDefinition, DeleteRequest, GetRequest, GetResponse } from '@foresync/protocol';
import type { ListRequest, ListResponse, WatchRequest, WatchResponse } from '@foresync/protocol';
import { Checkpoint } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { deleteContent } from '../content/delete.js';
import type { ContentDeps } from '../content/deps.js';
import { getContent } from '../content/get.js';
import type { ItemPage, ListOrder } from '../content/list.js';
import { listContent } from '../content/list.js';
import { watchSpace } from '../content/watch.js';
import { itemId, spaceId } from '../domain/ids.js';
import type { Call } from './call/call.js';
import type { Handlers } from './call/handlers.js';
import { watchPositions } from './inbound/content.js';
import { checked } from './inbound/fault.js';
import { hashOrNone, id, text, whole } from './inbound/fields.js';
import { afterToken, pageToken } from './inbound/page-token.js';
import { wireChange, wireCheckpoint, wireDurability, wirePosition } from './outbound/checkpoint.js';
import type { PutDeps } from './put.js';
import { putHandler } from './put.js';

export interface ContentServiceDeps extends PutDeps {
  /** Longest silence of a Watch, ms. */
  readonly progressMs: number;
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
/** gRPC clients take 4 MiB unless they are told otherwise, and the edges of a thousand items may be more. */
const MAX_PAGE_BYTES = PROTOCOL_LIMITS.frameBytes;

/** ContentService: fields are checked here, the use cases of content/ do the rest. */
export function contentHandlers(deps: ContentServiceDeps): Handlers<ContentServiceDefinition> {
  const { content } = deps;
  return {
    put: putHandler(deps),
    get: (request, call) => get(content, request, call),
    delete: async (request, call) => {
      const deleted = await deleteContent(
        content,
        call.identity,
        checked(() => deleteOrder(request)),
      );
      return {
        position: wirePosition(deleted.position),
        durability: wireDurability(deleted.durability),
      };
    },
    list: async (request, call) => {
      const page = await listContent(
        content,
        call.identity,
        checked(() => listOrder(request)),
      );
      return listed(page);
    },
    watch: (request, call) => watch(deps, request, call),
  };
}

/** A page as far as it fits; the next one goes on from there. One item always does. */
function listed({ checkpoints, next }: ItemPage): ListResponse {
  const fitting: Checkpoint[] = [];
  let bytes = 0;
  for (const checkpoint of checkpoints) {
    const wire = wireCheckpoint(checkpoint);
    bytes += Checkpoint.encode(wire).finish().length;
    if (bytes > MAX_PAGE_BYTES)
      return { checkpoints: fitting, nextPageToken: pageToken(fitting.at(-1)?.item ?? null) };
    fitting.push(wire);
  }
  return { checkpoints: fitting, nextPageToken: pageToken(next) };
}

async function* get(deps: ContentDeps, request: GetRequest, call: Call): AsyncGenerator<GetResponse> {
  const order = checked(() => ({
    space: spaceId(id('space', request.space)),
    item: itemId(id('item', request.item)),
    ifNoneMatch: hashOrNone('if_none_match', request.ifNoneMatch),
  }));
  const read = await getContent(deps, call.identity, order);
  const checkpoint = wireCheckpoint(read.checkpoint);
  if (read.kind === 'not-modified') {
    yield { part: { $case: 'notModified', value: checkpoint } };
    return;
  }
  yield { part: { $case: 'checkpoint', value: checkpoint } };
  for await (const chunk of read.content) yield { part: { $case: 'chunk', value: chunk } };
}

async function* watch(
  deps: ContentServiceDeps,
  request: WatchRequest,
  call: Call,
): AsyncGenerator<WatchResponse> {
  const order = checked(() => ({
    space: spaceId(id('space', request.space)),
    prefix: text('prefix', request.prefix, PROTOCOL_LIMITS.idBytes),
    positions: watchPositions(request),
    progressMs: deps.progressMs,
  }));
  for await (const page of watchSpace(deps.content, call.identity, order, call.signal)) {
    yield { changes: page.changes.map(wireChange), positions: page.positions.map(wirePosition) };
  }
}

function deleteOrder(request: DeleteRequest) {
  return {
    space: spaceId(id('space', request.space)),
    item: itemId(id('item', request.item)),
    ifMatch: hashOrNone('if_match', request.ifMatch),
  };
}

function listOrder(request: ListRequest): ListOrder {
  return {
    space: spaceId(id('space', request.space)),
    prefix: text('prefix', request.prefix, PROTOCOL_LIMITS.idBytes),
    after: afterToken(request.pageToken),
    pageSize: whole('page_size', request.pageSize, 0, MAX_PAGE) || DEFAULT_PAGE,
  };
}
