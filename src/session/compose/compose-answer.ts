import { itemUnknown } from '../../content/checkpoint-of.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Head } from '../../domain/item.js';
import type { Answer } from '../../domain/session-port.js';
import type { Asked } from '../../outbox/asked.js';
import type { Composed } from '../../outbox/drawn.js';
import { Parcel } from '../../outbox/parcel.js';
import { encodedBytes } from './compose-push.js';
import { contentBody } from './content-body.js';
import type { FollowedSpace } from '../device/followed-space.js';
import type { Frame } from './frame.js';

/**
 * The answer to a request, with what is current. Content that is on its way to the device already is not sent again: the
 * answer says `not-modified` after it. null: the request waits for what is on its way.
 */
export async function composeAnswer(frame: Frame, request: Asked): Promise<Composed | null> {
  const home = frame.deps.followed.get(request.space);
  const head = frame.heads.get(request.space, request.item);
  if (home === undefined || !exists(head)) return failed(request, itemUnknown(request.item));
  if (waits(frame, request, head)) return null;
  if (holds(frame, request, home, head)) {
    const checkpoint = await frame.checkpoint(home, head, await frame.lastScore(home, head.item));
    return answered(request, { kind: 'not-modified', checkpoint });
  }
  return found(frame, request, home, head);
}

async function found(frame: Frame, request: Asked, home: FollowedSpace, head: Existing): Promise<Composed> {
  const { outbox, store, rules, tally } = frame.deps;
  const [body, score] = await Promise.all([
    contentBody(store.blobs, head, request.latest?.dataHash, rules, () => outbox.nextTransfer()),
    frame.lastScore(home, head.item),
  ]);
  if (body === null) return failed(request, contentGone());
  const parcel = new Parcel(request.space, head, request);
  home.expects(parcel);
  const checkpoint = await frame.checkpoint(home, head, score);
  tally.answeredBytes += encodedBytes(body);
  if (body.kind === 'chunked') parcel.transfer = body.transfer;
  const answer: Answer = { kind: 'found', push: { checkpoint, body, reasons: [] } };
  const event = { kind: 'answer', requestId: request.requestId, answer } as const;
  return { carries: body.kind === 'chunked' ? 'header' : 'whole', body: event, parcel };
}

/**
 * Whether a content of the item is about to go, or is moving to somebody who waits: then the answer comes after it. What
 * moves and nobody waits for is cancelled if it is not the content that is asked for.
 */
function waits(frame: Frame, request: Asked, head: Existing): boolean {
  const { outbox } = frame.deps;
  const underWay = outbox.onItsWay(request.space, request.item);
  if (underWay?.state === 'moving') {
    if (underWay.awaited || underWay.dataHash === head.dataHash) {
      underWay.joined = [...underWay.joined, request];
      return true;
    }
    outbox.drop(underWay);
  }
  if (underWay?.state !== 'composing') return false;
  outbox.askAgain(request);
  return true;
}

/**
 * Whether the device holds the current content: it says so, or it stored it since it asked, or it will have it before the
 * answer arrives.
 */
function holds(frame: Frame, request: Asked, home: FollowedSpace, { dataHash }: Existing): boolean {
  const { space, item, latest, heldThen } = request;
  if (latest?.dataHash === dataHash) {
    home.holdsNow(item, dataHash);
    return true;
  }
  const storedSince = heldThen !== dataHash && home.ledger.held.get(item) === dataHash;
  return storedSince || frame.deps.outbox.arriving(space, item)?.dataHash === dataHash;
}

const answered = ({ requestId }: Asked, answer: Answer): Composed => ({
  carries: 'answer',
  body: { kind: 'answer', requestId, answer },
});

const failed = (request: Asked, error: ForesyncError): Composed =>
  answered(request, { kind: 'error', error });

type Existing = Head & { readonly dataHash: NonNullable<Head['dataHash']> };

const exists = (head: Head | null): head is Existing => head !== null && head.dataHash !== null;

function contentGone(): ForesyncError {
  return new ForesyncError('STORE_UNAVAILABLE', 'the content is being replaced: ask again', {
    retryAfterMs: 0,
  });
}
