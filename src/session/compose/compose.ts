import type { Composed, Drawn } from '../../outbox/drawn.js';
import { composeAnswer } from './compose-answer.js';
import { composeChunk, composeMetadata, composePlanned } from './compose-push.js';
import { composeTruth } from './compose-truth.js';
import type { ComposeDeps } from './frame.js';
import { Frame } from './frame.js';

/**
 * Makes events of what the outbox gave out, in its order. Heads are read now: what changed since it was planned is
 * dropped, a request is answered with what is current, and a device is told what is current, not what was when somebody
 * noticed a change.
 */
export async function compose(deps: ComposeDeps, drawn: readonly Drawn[]): Promise<readonly Composed[]> {
  const frame = await Frame.of(deps, drawn);
  const composed: Composed[] = [];
  for (const entry of drawn) {
    const part = await composeOne(frame, entry);
    if (part !== null) composed.push(part);
  }
  return composed;
}

/** null: there is nothing to send after all, and whoever planned or asked knows. */
function composeOne(frame: Frame, entry: Drawn): Promise<Composed | null> | Composed | null {
  switch (entry.kind) {
    case 'reply':
      return { carries: 'nothing', body: entry.body };
    case 'asked':
      return composeAnswer(frame, entry.request);
    case 'doubt':
      return composeTruth(frame, entry.doubt);
    case 'metadata':
      return composeMetadata(frame, entry.note);
    case 'planned':
      return composePlanned(frame, entry.parcel);
    case 'chunk':
      return composeChunk(frame, entry.parcel);
  }
}
