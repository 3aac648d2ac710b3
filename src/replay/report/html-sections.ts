import type { PolicyResult, ReplayResult } from '../figure-types.js';
import { bytes, day, percent } from './format.js';
import type { Bar } from './html-bars.js';
import { bars } from './html-bars.js';
import type { Curve } from './html-lines.js';
import { legend, lineChart } from './html-lines.js';
import { ROLLING_STRETCHES, zeroWaitShares } from './rolling.js';

type Named = readonly [policy: string, result: PolicyResult];

/** Waits that each policy removed, as bars on one scale. */
export function waitsSection(result: ReplayResult, best: string | undefined): string {
  const shown = pushing(result);
  const scale = Math.max(0.01, ...shown.map(([, { figures }]) => figures.waitsRemoved ?? 0));
  const list = shown.map(([policy, { figures }]): Bar => {
    const tone = policy === 'oracle' ? 'outline' : 'solid';
    const parts = [{ share: (figures.waitsRemoved ?? 0) / scale, tone } as const];
    return { policy, parts, value: percent(figures.waitsRemoved), isBest: policy === best };
  });
  return section(
    'Waits removed',
    'Of the opens that wait with a cache alone, the share that no longer does. The oracle knows what comes next: it shows how much there is to gain.',
    bars(list),
  );
}

/** Share of zero-wait opens over the measured part. */
export function timeSection(result: ReplayResult, best: string | undefined): string {
  const all = [...result.policies];
  const stretches = all[0]?.[1].series.stretches ?? [];
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return '';
  const curves = all.map(([policy, { series }]): Curve => {
    return { policy, points: zeroWaitShares(series.stretches), weight: weightOf(policy, best) };
  });
  const chart = lineChart({
    label: `Share of opens without a wait, from ${day(first.timeS)} to ${day(last.timeS)}, a curve a policy`,
    curves,
    x: { from: 0, to: Math.max(1, stretches.length - 1), labels: [day(first.timeS), day(last.timeS)] },
    y: { to: 1, text: (value) => percent(value, 0) },
    hasIdeal: false,
  });
  const told = `Share of opens without a wait, each point over the last ${ROLLING_STRETCHES} of ${stretches.length} stretches of equally many steps.`;
  return section('Over time', told, chart + legend(curves));
}

/** What was pushed for it, what of that was wasted, against what was opened. */
export function bytesSection(result: ReplayResult, best: string | undefined): string {
  const shown = pushing(result);
  const opened = shown[0]?.[1].series.openedBytes ?? 0;
  const scale = Math.max(1, opened, ...shown.map(([, { figures }]) => figures.pushedBytes));
  const list = shown.map(([policy, { figures }]): Bar => {
    const useful = figures.pushedBytes - figures.wastedBytes;
    const parts = [
      { share: useful / scale, tone: 'solid' },
      { share: figures.wastedBytes / scale, tone: 'wasted' },
    ] as const;
    const value = `${bytes(figures.pushedBytes)}, ${percent(figures.waste, 0)} wasted`;
    return { policy, parts, value, isBest: policy === best };
  });
  const total = {
    policy: 'opened',
    parts: [{ share: opened / scale, tone: 'outline' }],
    value: bytes(opened),
    isBest: false,
  } as const;
  return section(
    'Bytes pushed and wasted',
    'Striped: pushed, but superseded, evicted or not opened by the end. The last bar is what people opened, for scale.',
    bars([...list, total]),
  );
}

/** Whether the scores of the best policy can be trusted, and how precise they are. */
export function trustSection(result: ReplayResult, best: string | undefined): string {
  const scored = [...result.policies].filter(([, { series }]) => series.calibration.length > 0);
  if (scored.length === 0) return '';
  const calibration = scored.map(([policy, { series }]): Curve => {
    const points = series.calibration.map((bin) => [Math.min(1, bin.meanScore), bin.openedShare] as const);
    return { policy, points: points.sort(([a], [b]) => a - b), weight: weightOf(policy, best) };
  });
  const precision = scored.map(([policy, { series }]): Curve => {
    const points = series.precision.map((point) => [point.recall, point.precision] as const);
    return { policy, points, weight: weightOf(policy, best) };
  });
  const axes = {
    x: { from: 0, to: 1, labels: ['0', '½', '1'] },
    y: { to: 1, text: (value: number) => percent(value, 0) },
  };
  const left = lineChart({
    label: 'Opened share against score',
    curves: calibration,
    ...axes,
    hasIdeal: true,
  });
  const right = lineChart({ label: 'Precision against recall', curves: precision, ...axes, hasIdeal: false });
  return section(
    'Can the scores be trusted?',
    'Left: how often items of a score were opened (on the dotted line a score is a probability; plain statistics only rank). Right: of the items above a score, the share that was opened (up) against the share of all opened items that this catches (across).',
    `<div class="pair"><div><h3>Calibration</h3>${left}</div><div><h3>Precision and recall</h3>${right}</div></div>${legend(calibration)}`,
  );
}

/** A titled part of the page with a sentence on how to read it. */
export function section(title: string, told: string, body: string): string {
  return `<section><h2>${title}</h2><p>${told}</p>${body}</section>`;
}

function pushing(result: ReplayResult): readonly Named[] {
  return [...result.policies].filter(([policy]) => policy !== 'none');
}

function weightOf(policy: string, best: string | undefined): Curve['weight'] {
  if (policy === best) return 'strong';
  return policy === 'oracle' || policy === 'none' ? 'dashed' : 'plain';
}
