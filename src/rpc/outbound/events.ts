import type { Answer, Chunk, Push, ServerEvent, Welcome } from '@foresync/protocol';
import { ContentEncoding, GoodbyeReason, Verdict } from '@foresync/protocol';
import type {
  Answer as DomainAnswer,
  Chunk as DomainChunk,
  Push as DomainPush,
  ServerEvent as DomainEvent,
  Verdict as DomainVerdict,
  Welcome as DomainWelcome,
  SessionEnd,
} from '../../domain/session-port.js';
import { wireStatus } from '../status.js';
import { hashBytes, wireCheckpoint, wireDurability, wirePosition } from './checkpoint.js';

/** A domain event as the wire carries it. */
export function wireEvent(event: DomainEvent): ServerEvent {
  return { delivery: BigInt(event.delivery), event: wireBody(event) };
}

export function wireAnswer(requestId: number, answer: DomainAnswer): Answer {
  return { requestId: BigInt(requestId), result: wireResult(answer) };
}

export function wireChunk(chunk: DomainChunk): Chunk {
  return {
    transfer: BigInt(chunk.transfer),
    offset: BigInt(chunk.offset),
    data: chunk.data,
    last: chunk.last,
    cancelled: chunk.cancelled,
  };
}

function wireBody(event: DomainEvent): ServerEvent['event'] {
  switch (event.kind) {
    case 'welcome':
      return { $case: 'welcome', value: wireWelcome(event.welcome) };
    case 'activity-ack':
      return {
        $case: 'activityAck',
        value: { sequence: BigInt(event.sequence), durability: wireDurability(event.durability) },
      };
    case 'push':
      return { $case: 'push', value: wirePush(event.push) };
    case 'chunk':
      return { $case: 'chunk', value: wireChunk(event.chunk) };
    case 'invalidation':
      return {
        $case: 'invalidation',
        value: {
          space: event.space,
          item: event.item,
          version: BigInt(event.version),
          dataHash: hashBytes(event.dataHash),
        },
      };
    case 'position':
      return {
        $case: 'position',
        value: { positions: event.positions.map(wirePosition), resumeToken: event.resumeToken },
      };
    case 'answer':
      return { $case: 'answer', value: wireAnswer(event.requestId, event.answer) };
    case 'heartbeat':
      return {
        $case: 'heartbeat',
        value: {
          nonce: BigInt(event.nonce),
          echo: BigInt(event.echo),
          timeMs: BigInt(event.timeMs),
          tokenExpiresInMs: BigInt(event.tokenExpiresInMs),
        },
      };
    case 'goodbye':
      return {
        $case: 'goodbye',
        value: {
          reason: GOODBYES[event.reason],
          retryAfterMs: event.retryAfterMs,
          message: event.message,
        },
      };
    case 'refusal':
      return {
        $case: 'refusal',
        value: { activitySequence: BigInt(event.activitySequence), status: wireStatus(event.error) },
      };
  }
}

function wireWelcome(welcome: DomainWelcome): Welcome {
  const { limits } = welcome;
  return {
    sessionId: welcome.sessionId,
    queryKey: welcome.queryKey,
    verdicts: welcome.verdicts.map(({ space, verdict }) => ({ space, verdict: VERDICTS[verdict] })),
    activitySequence: BigInt(welcome.activitySequence),
    serverTimeMs: BigInt(welcome.serverTimeMs),
    heartbeatIntervalMs: welcome.heartbeatIntervalMs,
    limits: {
      activityBatchBytes: BigInt(limits.activityBatchBytes),
      chunkBytes: BigInt(limits.chunkBytes),
      itemBytes: BigInt(limits.itemBytes),
      frameBytes: BigInt(limits.frameBytes),
    },
  };
}

function wireResult(answer: DomainAnswer): Answer['result'] {
  switch (answer.kind) {
    case 'found':
      return { $case: 'found', value: wirePush(answer.push) };
    case 'not-modified':
      return { $case: 'notModified', value: wireCheckpoint(answer.checkpoint) };
    case 'error':
      return { $case: 'error', value: wireStatus(answer.error) };
  }
}

function wirePush({ checkpoint, body, reasons }: DomainPush): Push {
  const frame = { checkpoint: wireCheckpoint(checkpoint), reasons: [...reasons] };
  if (body.kind === 'metadata') {
    const encoding = ContentEncoding.CONTENT_ENCODING_NONE;
    return { ...frame, encoding, content: EMPTY, transfer: 0n, encodedBytes: 0n, baseHash: EMPTY };
  }
  const encoding =
    body.base === null ? ContentEncoding.CONTENT_ENCODING_IDENTITY : ContentEncoding.CONTENT_ENCODING_DELTA;
  const baseHash = hashBytes(body.base);
  if (body.kind === 'inline') {
    const encodedBytes = BigInt(body.bytes.length);
    return { ...frame, encoding, content: body.bytes, transfer: 0n, encodedBytes, baseHash };
  }
  const transfer = BigInt(body.transfer);
  return { ...frame, encoding, content: EMPTY, transfer, encodedBytes: BigInt(body.encodedBytes), baseHash };
}

const EMPTY = new Uint8Array(0);

const VERDICTS: Readonly<Record<DomainVerdict, Verdict>> = {
  resume: Verdict.VERDICT_RESUME,
  'send-manifest': Verdict.VERDICT_SEND_MANIFEST,
  anew: Verdict.VERDICT_ANEW,
  wipe: Verdict.VERDICT_WIPE,
};

/** `left` and `broken` say no goodbye; a session that says one nevertheless gives no reason. */
const GOODBYES: Readonly<Record<SessionEnd['kind'], GoodbyeReason>> = {
  left: GoodbyeReason.GOODBYE_REASON_UNSPECIFIED,
  broken: GoodbyeReason.GOODBYE_REASON_UNSPECIFIED,
  stalled: GoodbyeReason.GOODBYE_REASON_SLOW_CONSUMER,
  silent: GoodbyeReason.GOODBYE_REASON_SILENT,
  'token-expired': GoodbyeReason.GOODBYE_REASON_TOKEN_EXPIRED,
  'taken-over': GoodbyeReason.GOODBYE_REASON_TAKEN_OVER,
  shutdown: GoodbyeReason.GOODBYE_REASON_SHUTDOWN,
  forgotten: GoodbyeReason.GOODBYE_REASON_FORGOTTEN,
};
