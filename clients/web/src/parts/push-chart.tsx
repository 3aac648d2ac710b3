import type { PushPoint } from '../device/push-ledger.js';
import { bytesText, spanText } from './words.js';

const WIDTH = 300;
const HEIGHT = 84;

const LAYERS = ['opened', 'waiting', 'wasted'] as const;
const MEANING = { opened: 'opened', waiting: 'not opened yet', wasted: 'wasted' } as const;

/** Bytes that were pushed to a device over time, and what became of them. */
export function PushChart({ points }: { readonly points: readonly PushPoint[] }) {
  const last = points.at(-1);
  if (last === undefined) return null;
  const now = { ...last, atMs: performance.now() };
  return (
    <figure class="chart">
      <figcaption>
        Pushed <strong>{bytesText(sum(last))}</strong> in {spanText(now.atMs - (points[0]?.atMs ?? 0))}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={told(last)}>
        {LAYERS.map((layer, place) => (
          <path key={layer} class={layer} d={area([...points, now], place)} />
        ))}
      </svg>
      <ul class="legend">
        {LAYERS.map((layer) => (
          <li key={layer}>
            <span class={`swatch ${layer}`} aria-hidden="true" />
            {MEANING[layer]} <strong>{bytesText(last[layer])}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The layer at a place, on top of those before it, in steps: bytes come at once. */
function area(points: readonly PushPoint[], place: number): string {
  const [first = 0, end = 1] = [points[0]?.atMs, points.at(-1)?.atMs];
  const most = Math.max(1, ...points.map(sum));
  const x = ({ atMs }: PushPoint): number => ((atMs - first) / Math.max(1, end - first)) * WIDTH;
  const y = (point: PushPoint, layers: number): number => {
    const bytes = LAYERS.slice(0, layers).reduce((total, layer) => total + point[layer], 0);
    return HEIGHT - (bytes / most) * (HEIGHT - 2);
  };
  const upper = steps(points, x, (point) => y(point, place + 1));
  const lower = steps(points, x, (point) => y(point, place)).reverse();
  return `M${[...upper, ...lower].map((corner) => corner.map((value) => value.toFixed(1)).join(' ')).join('L')}Z`;
}

function steps(
  points: readonly PushPoint[],
  x: (point: PushPoint) => number,
  y: (point: PushPoint) => number,
): [number, number][] {
  return points.flatMap((point, place): [number, number][] => {
    const before = points[place - 1];
    const corner: [number, number] = [x(point), y(point)];
    return before === undefined ? [corner] : [[x(point), y(before)], corner];
  });
}

const sum = ({ opened, waiting, wasted }: PushPoint): number => opened + waiting + wasted;

function told(last: PushPoint): string {
  const parts = LAYERS.map((layer) => `${bytesText(last[layer])} ${MEANING[layer]}`);
  return `Bytes pushed over time: ${bytesText(sum(last))}, of which ${parts.join(', ')}`;
}
