import type { Arrival } from '../device/push-ledger.js';
import { DocumentName } from './document-name.js';
import { useRove } from './use-rove.js';
import { bytesText, percentText } from './words.js';

export interface ShelfProps {
  readonly id: string;
  readonly waiting: readonly Arrival[];
  readonly isPredicting: boolean;
  readonly onOpen: (item: string) => void;
}

/** What is on the device before it was asked for, the most probable first, with score and reasons. */
export function Shelf({ id, waiting, isPredicting, onOpen }: ShelfProps) {
  const rove = useRove(waiting.map(({ item }) => item));
  return (
    <section class="shelf" aria-labelledby={`${id}-shelf`}>
      <h3 id={`${id}-shelf`}>
        Here before you ask <span class="count">{waiting.length}</span>
      </h3>
      {waiting.length === 0 && <p class="empty">{emptyText(isPredicting)}</p>}
      <ul {...rove.list} class="scroll">
        {waiting.map((arrival) => (
          <li key={arrival.item}>
            <button {...rove.button(arrival.item)} onClick={() => onOpen(arrival.item)}>
              <span class="line">
                <DocumentName item={arrival.item} />
                <Meter share={arrival.score} />
                <span class="score">{percentText(arrival.score)}</span>
              </span>
              <span class="reasons">{[bytesText(arrival.bytes), ...arrival.reasons].join(' · ')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Meter({ share }: { readonly share: number }) {
  return (
    <span class="meter" aria-hidden="true">
      <span style={{ width: `${Math.max(2, share * 100)}%` }} />
    </span>
  );
}

function emptyText(isPredicting: boolean): string {
  return isPredicting
    ? 'Nothing yet. Open a document: what you are likely to open next comes by itself.'
    : 'Prediction is off: nothing comes unless you ask.';
}
