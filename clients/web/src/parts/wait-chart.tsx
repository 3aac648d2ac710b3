import type { OpenRecord } from '../device/demo-device.js';
import { msText } from './words.js';

const MOST_BARS = 24;

/** The latest opens, oldest first: how long each waited, and nothing but a tick where nobody did. */
export function WaitChart({ opens }: { readonly opens: readonly OpenRecord[] }) {
  const shown = opens.slice(0, MOST_BARS).reverse();
  const longest = Math.max(1, ...shown.map(({ waitMs }) => waitMs));
  return (
    <figure class="chart waits">
      <figcaption>Your waits</figcaption>
      <div class="bars" role="img" aria-label={told(shown)}>
        {shown.map(({ waitMs, checkpoint, push }, place) => (
          <span
            key={place}
            class={waitMs > 0 ? 'network' : push === undefined ? 'zero kept' : 'zero'}
            style={{ height: waitMs > 0 ? `${10 + (waitMs / longest) * 90}%` : undefined }}
            title={`${checkpoint.item}: ${msText(waitMs)}`}
          />
        ))}
      </div>
      <ul class="legend">
        <li>
          <span class="swatch zero" aria-hidden="true" /> came before you asked
        </li>
        <li>
          <span class="swatch kept" aria-hidden="true" /> kept from before
        </li>
        <li>
          <span class="swatch network" aria-hidden="true" /> network
        </li>
      </ul>
    </figure>
  );
}

function told(opens: readonly OpenRecord[]): string {
  const zero = opens.filter(({ waitMs }) => waitMs === 0).length;
  return `Waits of the latest ${opens.length} opens: ${zero} waited for nothing, ${opens.length - zero} for the network`;
}
