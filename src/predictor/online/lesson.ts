import { ForesyncError } from '../../domain/errors.js';
import { checksum, hashText } from '../../util/checksum.js';
import type { Random } from '../../util/seeded-random.js';
import { BINS } from './calibrator.js';
import { Faded } from './faded.js';
import { COLUMNS } from './inputs.js';
import { Moments } from './moments.js';
import { add, numbersOf, type Notes } from './notes.js';
import type { LayerState } from './state.js';

/** Changes with the meaning of any number. */
const FORMAT = hashText(`foresync-lesson-2 ${COLUMNS.join(' ')}`);
const HEADER_BYTES = 8;
/** More of them are not made up for. */
const MOST_DRAWS = 100_000;

/** The numbers of a lesson, in their order. */
class Numbers {
  readonly moments: Moments;
  readonly moves: readonly Float64Array[];
  readonly calibrators = { user: new Faded(BINS.count), holder: new Faded(BINS.count) };
  readonly drift = new Faded(1);
  /** Rows of the moments, draws. */
  readonly count = new Float64Array(2);

  constructor(state: LayerState) {
    this.moments = new Moments(state.scaler.mean.length);
    this.moves = numbersOf(state).map(({ length }) => new Float64Array(length));
  }

  get parts(): readonly Float64Array[] {
    return [this.count, ...partsOf(this)];
  }
}

/** A checksum, a format, little-endian numbers: about 4 KiB. */
export function encodeLesson(notes: Notes): Uint8Array {
  const told = [Float64Array.of(notes.moments.rows, notes.draws), ...partsOf(notes)];
  const numbers = told.flatMap((part) => [...part]);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 8 * numbers.length));
  for (const [place, number] of numbers.entries()) view.setFloat64(HEADER_BYTES + 8 * place, number, true);
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
  read(view, numbers);
  const { scaler, calibrators, drift } = state;
  scaler.merge(numbers.moments);
  for (const [place, own] of numbersOf(state).entries()) add(own, numbers.moves[place] ?? NOTHING);
  notes?.movedElsewhere(numbers.moves);
  calibrators.user.merge(numbers.calibrators.user);
  calibrators.holder.merge(numbers.calibrators.holder);
  drift.merge(numbers.drift);
  // Nodes draw from one sequence, so that what they learn does not depend on how many they are.
  for (let draw = 0; draw < Math.min(MOST_DRAWS, numbers.count[1] ?? 0); draw++) random();
  return true;
}

/** What a lesson tells beside its counts. */
function partsOf({
  moments,
  moves,
  calibrators,
  drift,
}: Pick<Notes, 'moments' | 'moves' | 'calibrators' | 'drift'>): readonly Float64Array[] {
  const faded = [calibrators.user, calibrators.holder, drift].flatMap(({ parts }) => parts);
  return [moments.mean, moments.squares, ...moves, ...faded];
}

function read(view: DataView, numbers: Numbers): void {
  const { parts } = numbers;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  let at = HEADER_BYTES;
  if (view.byteLength !== at + 8 * length) throw damaged('its size is wrong');
  for (const part of parts)
    for (let place = 0; place < part.length; place++, at += 8)
      part[place] = finite(view.getFloat64(at, true));
  const [rows = 0] = numbers.count;
  if (rows < 0) throw damaged('its counts are wrong');
  numbers.moments.rows = rows;
}

const NOTHING = new Float64Array(0);

function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw damaged('it has what is no number');
}

const damaged = (why: string): ForesyncError =>
  new ForesyncError('STORE_CORRUPT', `lesson of an on-line layer: ${why}`);
