import { ForesyncError } from '../../domain/errors.js';
import { checksum } from '../../util/checksum.js';
import type { Random } from '../../util/seeded-random.js';
import { BINS } from './calibrator.js';
import { Faded } from './faded.js';
import { COLUMNS } from './inputs.js';
import { hashText, PLACES } from './keys.js';
import { Moments } from './moments.js';
import type { Move } from './learner.js';
import { add, type Notes } from './notes.js';
import type { LayerState } from './state.js';

/** Changes with the meaning of any number. */
const FORMAT = hashText(`foresync-lesson-1 ${COLUMNS.join(' ')} ${PLACES}`);
const HEADER_BYTES = 8;
/** A place, its weight's move and its square's. */
const MOVE_BYTES = 2 + 4 + 4;
/** More of them are not made up for. */
const MOST_DRAWS = 100_000;

/** The numbers of a lesson, in their order, and the moves of the table. */
class Numbers {
  readonly moments: Moments;
  readonly weights: Float64Array;
  readonly squares: Float64Array;
  readonly calibrators = { user: new Faded(BINS.count), holder: new Faded(BINS.count) };
  readonly drift = new Faded(1);
  readonly count = new Float64Array(3);

  constructor({ scaler, learner }: LayerState) {
    this.moments = new Moments(scaler.mean.length);
    this.weights = new Float64Array(learner.weights.length);
    this.squares = new Float64Array(learner.squares.length);
  }

  /** `count`: rows of the moments, moves of the table, draws. */
  get parts(): readonly Float64Array[] {
    const { moments, weights, squares, calibrators, drift, count } = this;
    const faded = [calibrators.user, calibrators.holder, drift].flatMap(({ parts }) => parts);
    return [count, moments.mean, moments.squares, weights, squares, ...faded];
  }
}

/** A checksum, a format, little-endian numbers: about 2.5 KiB, and 10 bytes for each place of the table that moved. */
export function encodeLesson(state: LayerState, notes: Notes): Uint8Array {
  const numbers = new Numbers(state);
  const { moments, calibrators, drift, dense, sparse } = notes;
  numbers.count.set([moments.rows, sparse.size, notes.draws]);
  const faded = [calibrators.user, calibrators.holder, drift].flatMap(({ parts }) => parts);
  const told = [numbers.count, moments.mean, moments.squares, dense.weights, dense.squares, ...faded];
  const length = told.reduce((sum, part) => sum + part.length, 0);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 8 * length + MOVE_BYTES * sparse.size));
  let at = HEADER_BYTES;
  for (const number of told.flatMap((part) => [...part])) {
    view.setFloat64(at, number, true);
    at += 8;
  }
  for (const [place, { weight, square }] of sparse) {
    view.setUint16(at, place, true);
    view.setFloat32(at + 2, weight, true);
    view.setFloat32(at + 6, square, true);
    at += MOVE_BYTES;
  }
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(4, FORMAT, true);
  view.setUint32(0, checksum(bytes.subarray(4)), true);
  return bytes;
}

/**
 * A state learns a lesson of another node. Answers false for one of another format; throws STORE_CORRUPT for a damaged one.
 * Either way the state stays as it was.
 */
export function learnLesson(
  state: LayerState,
  notes: Notes | null,
  bytes: Uint8Array,
  random: Random,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw damaged('it is too short');
  if (view.getUint32(0, true) !== checksum(bytes.subarray(4))) throw damaged('the checksum differs');
  if (view.getUint32(4, true) !== FORMAT) return false;
  const numbers = new Numbers(state);
  const moves = read(view, numbers);
  const { scaler, learner, calibrators, drift } = state;
  scaler.merge(numbers.moments);
  add(learner.weights, numbers.weights);
  add(learner.squares, numbers.squares);
  notes?.movedElsewhere(numbers.weights, numbers.squares);
  for (const [place, move] of moves) learner.move(place, move);
  calibrators.user.merge(numbers.calibrators.user);
  calibrators.holder.merge(numbers.calibrators.holder);
  drift.merge(numbers.drift);
  // Nodes draw from one sequence, so that what they learn does not depend on how many they are.
  for (let draw = 0; draw < Math.min(MOST_DRAWS, numbers.count[2] ?? 0); draw++) random();
  return true;
}

function read(view: DataView, numbers: Numbers): readonly (readonly [place: number, move: Move])[] {
  const { parts } = numbers;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  let at = HEADER_BYTES;
  const rest = view.byteLength - at - 8 * length;
  if (rest < 0 || rest % MOVE_BYTES !== 0 || rest > MOVE_BYTES * PLACES) throw damaged('its size is wrong');
  for (const part of parts)
    for (let place = 0; place < part.length; place++, at += 8)
      part[place] = finite(view.getFloat64(at, true));
  const [rows = 0, count = 0] = numbers.count;
  if (count !== rest / MOVE_BYTES || rows < 0) throw damaged('its counts are wrong');
  numbers.moments.rows = rows;
  return Array.from({ length: count }, () => {
    const place = view.getUint16(at, true);
    if (place >= PLACES) throw damaged('it has a place that does not exist');
    const move = {
      weight: finite(view.getFloat32(at + 2, true)),
      square: finite(view.getFloat32(at + 6, true)),
    };
    at += MOVE_BYTES;
    return [place, move];
  });
}

function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw damaged('it has what is no number');
}

const damaged = (why: string): ForesyncError =>
  new ForesyncError('STORE_CORRUPT', `lesson of an on-line layer: ${why}`);
