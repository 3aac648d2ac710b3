import type { Checkpoint, Request } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { itemId, spaceId } from '../../domain/ids.js';
import type { ContentRequest } from '../../domain/session-port.js';
import { each, Fault, within } from './fault.js';
import { finite, hash, id, text, whole } from './fields.js';

/** Content that a user waits for. Throws a Fault. */
export function contentRequest(wire: Request): ContentRequest {
  const { latest } = wire;
  return {
    requestId: whole('request_id', wire.requestId, 1),
    space: spaceId(id('space', wire.space)),
    item: itemId(id('item', wire.item)),
    latest: latest === undefined ? null : within('latest', () => known(latest, wire)),
  };
}

/** The device's latest checkpoint. What is not read (context, score, dependencies) still has to be what it can be. */
function known(wire: Checkpoint, request: Request): ContentRequest['latest'] {
  if (wire.space !== request.space) throw new Fault('space', 'is not that of the request');
  if (wire.item !== request.item) throw new Fault('item', 'is not that of the request');
  text('user_context', wire.userContext, PROTOCOL_LIMITS.userContextBytes);
  finite('prediction_score', wire.predictionScore);
  each('dependency_hashes', wire.dependencyHashes, PROTOCOL_LIMITS.edgesPerItem, (entry) => hash('', entry));
  each('edges', wire.edges, PROTOCOL_LIMITS.edgesPerItem, (edge) => id('item', edge.item));
  return {
    dataHash: hash('data_hash', wire.dataHash),
    version: whole('version', wire.version),
    timestampMs: whole('timestamp', wire.timestamp),
  };
}
