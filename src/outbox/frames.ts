import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Checkpoint } from '../domain/checkpoint.js';
import type { Answer, Push, ServerEvent, ServerEventBody } from '../domain/session-port.js';

/**
 * Cuts events into frames of at most `maxEvents` events and about `maxBytes` bytes, in order. A single event is never
 * cut: with the contract's limits it takes at most one chunk and some 150 KiB.
 */
export function* frames(
  events: readonly ServerEvent[],
  maxEvents: number,
  maxBytes: number,
): Generator<readonly ServerEvent[]> {
  let frame: ServerEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = estimatedBytes(event);
    if (frame.length > 0 && (frame.length >= maxEvents || bytes + size > maxBytes)) {
      yield frame;
      frame = [];
      bytes = 0;
    }
    frame.push(event);
    bytes += size;
  }
  if (frame.length > 0) yield frame;
}

/** Never less than what the event takes on the wire: an id counts three bytes a UTF-16 unit, up to its limit. */
export function estimatedBytes(event: ServerEventBody): number {
  switch (event.kind) {
    case 'welcome':
      return 512 + event.welcome.verdicts.reduce((sum, { space }) => sum + text(space), 0);
    case 'push':
      return pushBytes(event.push);
    case 'chunk':
      return FIXED + event.chunk.data.length;
    case 'invalidation':
      return FIXED + text(event.space) + text(event.item);
    case 'position':
      return (
        FIXED +
        event.resumeToken.length +
        event.positions.reduce((sum, { space, epoch }) => sum + FIXED + text(space) + text(epoch), 0)
      );
    case 'answer':
      return FIXED + answerBytes(event.answer);
    case 'goodbye':
      return FIXED + text(event.message);
    case 'refusal':
      return ERROR;
    case 'activity-ack':
    case 'heartbeat':
      return FIXED;
  }
}

/** Tags, lengths, numbers and hashes of an event. */
const FIXED = 128;
/** An error's message and details: bounded where errors are made. */
const ERROR = 4096;

function answerBytes(answer: Answer): number {
  switch (answer.kind) {
    case 'found':
      return pushBytes(answer.push);
    case 'not-modified':
      return checkpointBytes(answer.checkpoint);
    case 'error':
      return ERROR;
  }
}

function pushBytes({ checkpoint, body, reasons }: Push): number {
  const content = body.kind === 'inline' ? body.bytes.length : 0;
  const why = reasons.reduce((sum, reason) => sum + 16 + text(reason.code) + text(reason.text), 0);
  return FIXED + checkpointBytes(checkpoint) + content + why;
}

function checkpointBytes(checkpoint: Checkpoint): number {
  const edges = checkpoint.edges.reduce((sum, edge) => sum + 16 + text(edge.item), 0);
  const names = text(checkpoint.space) + text(checkpoint.item);
  const context = text(checkpoint.userContext, PROTOCOL_LIMITS.userContextBytes);
  return FIXED + names + context + edges + checkpoint.dependencyHashes.length * 34;
}

function text(value: string, maxBytes: number = PROTOCOL_LIMITS.idBytes): number {
  return Math.min(value.length * 3, maxBytes) + 4;
}
