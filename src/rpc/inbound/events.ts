import type { ActivityBatch, ClientEvent, Request, SyncRequest } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { ForesyncError } from '../../domain/errors.js';
import type { ClientEvent as DomainEvent, Hello } from '../../domain/session-port.js';
import type { BatchLimits } from './activities.js';
import { activityBatch } from './activities.js';
import { checked, Fault, within } from './fault.js';
import { whole } from './fields.js';
import { budget, hello } from './hello.js';
import { ack, manifestPart } from './holdings.js';
import { contentRequest } from './request.js';

/** The Hello that a session starts with, and the frame without it. Throws HELLO_EXPECTED or FIELD_INVALID. */
export function openingOf(frame: SyncRequest): { readonly hello: Hello; readonly rest: SyncRequest } {
  refuseCrowd(frame);
  const first = frame.events.findIndex(({ event }) => event !== undefined);
  const event = frame.events[first]?.event;
  if (event?.$case !== 'hello') {
    throw new ForesyncError('HELLO_EXPECTED', 'the first event of a session must be Hello');
  }
  const opening = checked(() => within(`events[${first}].hello`, () => hello(event.value)));
  return { hello: opening, rest: { events: frame.events.slice(first + 1) } };
}

/**
 * The events of a frame, each checked when it is asked for. A batch or a request that cannot be is handed on as refused,
 * and the session goes on; anything else throws FIELD_INVALID with its path, and ends it. Unknown events are skipped.
 */
export function* clientEvents(
  frame: SyncRequest,
  frameBytes: number,
  limits: BatchLimits,
): Generator<DomainEvent, void> {
  refuseCrowd(frame);
  for (const [index, { event }] of frame.events.entries()) {
    if (event === undefined) continue;
    if (event.$case === 'activities') yield batchOrRefusal(event.value, frameBytes, limits);
    else if (event.$case === 'request') yield requestOrRefusal(event.value);
    else yield checked(() => within(`events[${index}].${event.$case}`, () => strict(event)));
  }
}

type Strict = Exclude<ClientEvent['event'], undefined | { $case: 'activities' } | { $case: 'request' }>;

function strict(event: Strict): DomainEvent {
  switch (event.$case) {
    case 'hello':
      return { kind: 'hello' };
    case 'ack':
      return { kind: 'ack', ack: ack(event.value) };
    case 'manifest':
      return { kind: 'manifest', part: manifestPart(event.value) };
    case 'heartbeat':
      return {
        kind: 'heartbeat',
        nonce: whole('nonce', event.value.nonce),
        echo: whole('echo', event.value.echo),
      };
    case 'budget':
      return { kind: 'budget', budget: budget(event.value) };
  }
}

function batchOrRefusal(wire: ActivityBatch, frameBytes: number, limits: BatchLimits): DomainEvent {
  return orRefused({ activitySequence: safe(wire.sequence), requestId: 0 }, () => ({
    kind: 'activities',
    batch: activityBatch(wire, frameBytes, limits),
  }));
}

function requestOrRefusal(wire: Request): DomainEvent {
  return orRefused({ activitySequence: 0, requestId: safe(wire.requestId) }, () => ({
    kind: 'request',
    request: checked(() => contentRequest(wire)),
  }));
}

function orRefused(
  about: { activitySequence: number; requestId: number },
  make: () => DomainEvent,
): DomainEvent {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof ForesyncError)) throw thrown;
    return { kind: 'refused', ...about, error: thrown };
  }
}

function refuseCrowd(frame: SyncRequest): void {
  const max = PROTOCOL_LIMITS.eventsPerFrame;
  checked(() => {
    if (frame.events.length <= max) return;
    throw new Fault('events', `has ${frame.events.length} entries, at most ${max} are allowed`, max);
  });
}

/** The number that a refusal names; 0 if it is beyond what a number holds exactly. */
const safe = (value: bigint): number => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : 0);
