import type { PolicySeries } from './figure-types.js';

const BINS = 15;
const POINTS = 60;
/** Scores kept at most; beyond it every second one goes and from then on only every second one comes. */
const MOST_SAMPLES = 1 << 20;

/**
 * Scores and whether they came true. Memory is bounded: of more than a million every 2nd, 4th, … is kept, by the order
 * in which they came, so that the same replay keeps the same ones.
 */
export class Calibration {
  #scores = new Float64Array(1 << 12);
  #labels = new Uint8Array(1 << 12);
  #size = 0;
  #seen = 0;
  #stride = 1;

  add(score: number, opened: boolean): void {
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#size === MOST_SAMPLES) this.#thin();
    if (this.#size === this.#scores.length) this.#grow();
    this.#scores[this.#size] = score;
    this.#labels[this.#size] = opened ? 1 : 0;
    this.#size += 1;
  }

  figures(): CalibrationFigures {
    const order = new Uint32Array(this.#size).map((_, place) => place);
    order.sort((a, b) => (this.#scores[a] ?? 0) - (this.#scores[b] ?? 0) || a - b);
    const samples = { order, scores: this.#scores, labels: this.#labels };
    const bins = binsOf(samples);
    return { ece: eceOf(bins), calibration: bins, ...precisionOf(samples) };
  }

  #thin(): void {
    for (let place = 0; 2 * place < this.#size; place++) {
      this.#scores[place] = this.#scores[2 * place] ?? 0;
      this.#labels[place] = this.#labels[2 * place] ?? 0;
    }
    this.#size >>= 1;
    this.#stride *= 2;
  }

  #grow(): void {
    const scores = new Float64Array(this.#size * 2);
    const labels = new Uint8Array(this.#size * 2);
    scores.set(this.#scores);
    labels.set(this.#labels);
    this.#scores = scores;
    this.#labels = labels;
  }
}

export interface CalibrationFigures {
  /** null where nothing was scored. */
  readonly ece: number | null;
  /** null where nothing that was scored came true. */
  readonly prAuc: number | null;
  readonly calibration: PolicySeries['calibration'];
  readonly precision: PolicySeries['precision'];
}

interface Samples {
  /** Places by ascending score. */
  readonly order: Uint32Array;
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

function binsOf({ order, scores, labels }: Samples): PolicySeries['calibration'] {
  return Array.from({ length: BINS }, (_, bin) => {
    const places = order.subarray(
      Math.floor((bin * order.length) / BINS),
      Math.floor(((bin + 1) * order.length) / BINS),
    );
    let score = 0;
    let opened = 0;
    for (const place of places) {
      // Scores of heuristics are no probabilities: what exceeds 1 is as sure as can be.
      score += Math.min(1, scores[place] ?? 0);
      opened += labels[place] ?? 0;
    }
    return { count: places.length, meanScore: score / places.length, openedShare: opened / places.length };
  }).filter(({ count }) => count > 0);
}

function eceOf(bins: PolicySeries['calibration']): number | null {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return bins.reduce(
    (sum, { count, meanScore, openedShare }) => sum + (count / total) * Math.abs(meanScore - openedShare),
    0,
  );
}

/** Average precision over the distinct scores, highest first. */
function precisionOf({ order, scores, labels }: Samples): Pick<CalibrationFigures, 'prAuc' | 'precision'> {
  const positives = labels.subarray(0, order.length).reduce((sum, label) => sum + label, 0);
  if (positives === 0) return { prAuc: null, precision: [] };
  const points: { readonly recall: number; readonly precision: number }[] = [];
  let prAuc = 0;
  let hits = 0;
  let counted = 0;
  for (let end = order.length - 1; end >= 0; end--) {
    const place = order[end] ?? 0;
    hits += labels[place] ?? 0;
    if (end > 0 && scores[order[end - 1] ?? 0] === scores[place]) continue;
    const precision = hits / (order.length - end);
    prAuc += ((hits - counted) / positives) * precision;
    if (hits > counted) points.push({ recall: hits / positives, precision });
    counted = hits;
  }
  return { prAuc, precision: thinned(points) };
}

function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= POINTS) return points;
  return Array.from(
    { length: POINTS },
    (_, place) => points[Math.round((place * (points.length - 1)) / (POINTS - 1))],
  ).flatMap((point) => (point === undefined ? [] : [point]));
}
