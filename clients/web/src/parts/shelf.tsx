import type { Arrival } from '../device/push-ledger.js';
import { Forecasts } from './forecasts.js';
import { bytesText } from './words.js';

export interface ShelfProps {
  readonly id: string;
  readonly waiting: readonly Arrival[];
  readonly isPredicting: boolean;
  readonly onOpen: (item: string) => void;
}

/** What is on the device before it was asked for, the most probable first, with score and reasons. */
export function Shelf({ id, waiting, isPredicting, onOpen }: ShelfProps) {
  const forecasts = waiting.map(({ item, score, bytes, reasons }) => {
    return { item, score, notes: [bytesText(bytes), ...reasons] };
  });
  return (
    <section class="shelf" aria-labelledby={`${id}-shelf`}>
      <h3 id={`${id}-shelf`}>
        Here before you ask <span class="count">{waiting.length}</span>
      </h3>
      {waiting.length === 0 && <p class="empty">{emptyText(isPredicting)}</p>}
      <Forecasts forecasts={forecasts} onOpen={onOpen} />
    </section>
  );
}

function emptyText(isPredicting: boolean): string {
  return isPredicting
    ? 'Nothing yet. Open a document: what you are likely to open next comes by itself.'
    : 'Prediction is off: nothing comes unless you ask.';
}
