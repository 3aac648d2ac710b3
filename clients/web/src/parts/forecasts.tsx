import type { Forecast } from '../device/own-forecast.js';
import { DocumentName } from './document-name.js';
import { useRove } from './use-rove.js';
import { percentText } from './words.js';

/** Forecasts with score and reasons, in their order; each opens its document. */
export function Forecasts({
  forecasts,
  onOpen,
}: {
  readonly forecasts: readonly Forecast[];
  readonly onOpen: (item: string) => void;
}) {
  const rove = useRove(forecasts.map(({ item }) => item));
  return (
    <ul {...rove.list} class="scroll">
      {forecasts.map(({ item, score, notes }) => (
        <li key={item}>
          <button {...rove.button(item)} onClick={() => onOpen(item)}>
            <span class="line">
              <DocumentName item={item} />
              <Meter share={score} />
              <span class="score">{percentText(score)}</span>
            </span>
            <span class="reasons">{notes.join(' · ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Meter({ share }: { readonly share: number }) {
  return (
    <span class="meter" aria-hidden="true">
      <span style={{ width: `${Math.max(2, share * 100)}%` }} />
    </span>
  );
}
