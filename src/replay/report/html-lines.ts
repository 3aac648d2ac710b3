import { escaped } from './format.js';
import { tint } from './html-style.js';

/** One curve; points are in the units of the axes, in order of x. */
export interface Curve {
  readonly policy: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly weight: 'strong' | 'dashed' | 'plain';
}

export interface LineChart {
  /** What a reader who does not see it should know. */
  readonly label: string;
  readonly curves: readonly Curve[];
  readonly x: { readonly from: number; readonly to: number; readonly labels: readonly string[] };
  readonly y: { readonly to: number; text(value: number): string };
  /** Draws the line on which x equals y. */
  readonly hasIdeal: boolean;
}

/** Curves over a grid. Texts are HTML beside the drawing: they keep their size while the drawing fits any width. */
export function lineChart(chart: LineChart): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const yLabels = ticks.map((tick) => {
    return `<span style="top:${(1 - tick) * 100}%">${escaped(chart.y.text(tick * chart.y.to))}</span>`;
  });
  const grid = ticks.map(
    (tick) => `<line class="grid" x1="0" x2="100" y1="${tick * 100}" y2="${tick * 100}"/>`,
  );
  const ideal = chart.hasIdeal ? '<line class="ideal" x1="0" y1="100" x2="100" y2="0"/>' : '';
  const drawing = `${grid.join('')}${ideal}${chart.curves.map((curve) => path(curve, chart)).join('')}`;
  const xLabels = chart.x.labels.map((text) => `<span>${escaped(text)}</span>`);
  return `<div class="chart"><div class="y" aria-hidden="true">${yLabels.join('')}</div>
<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="${escaped(chart.label)}">${drawing}</svg>
<div class="x">${xLabels.join('')}</div></div>`;
}

/** Names and colours of curves. */
export function legend(curves: readonly Curve[]): string {
  const entries = curves.map(({ policy, weight }) => {
    return `<li${weight === 'strong' ? ' class="strong"' : ''} ${tint(policy)}><i></i>${escaped(policy)}</li>`;
  });
  return `<ul class="legend">${entries.join('')}</ul>`;
}

function path({ policy, points, weight }: Curve, { x, y }: LineChart): string {
  const width = x.to - x.from || 1;
  const at = points.map(([px, py]) => {
    return `${(((px - x.from) / width) * 100).toFixed(2)} ${(100 - (py / (y.to || 1)) * 100).toFixed(2)}`;
  });
  const line = at.length === 0 ? '' : `M${at.join('L')}`;
  const kind = weight === 'plain' ? '' : ` ${weight}`;
  return `<path class="curve${kind}" ${tint(policy)} d="${line}"><title>${escaped(policy)}</title></path>`;
}
