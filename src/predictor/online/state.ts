import { ForesyncError } from '../../domain/errors.js';
import { checksum, hashText } from '../../util/checksum.js';
import type { Calibrator } from './calibrator.js';
import { COLUMNS } from './inputs.js';
import type { Drift } from './drift.js';
import type { Learner } from './learner.js';
import type { Scaler } from './scaler.js';

/** What a layer has learned. */
export interface LayerState {
  readonly scaler: Scaler;
  /** Of what is opened as a score foretells, and of what is opened later. */
  readonly learners: { readonly soon: Learner; readonly later: Learner };
  readonly calibrators: { readonly user: Calibrator; readonly holder: Calibrator };
  readonly drift: Drift;
}

/** Changes with the meaning of any number; the columns' names are in it, so that new columns are a new format. */
const FORMAT = hashText(`foresync-online-3 ${COLUMNS.join(' ')}`);
const HEADER_BYTES = 8;

/** A format, a checksum and all numbers as little-endian float64: about 3 KiB. */
export function dumpState(state: LayerState): Uint8Array {
  const numbers = [state.scaler.rows, ...partsOf(state).flatMap((part) => [...part])];
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + numbers.length * 8));
  for (const [place, number] of numbers.entries()) view.setFloat64(HEADER_BYTES + place * 8, number, true);
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(0, FORMAT, true);
  view.setUint32(4, checksum(bytes.subarray(HEADER_BYTES)), true);
  return bytes;
}

/** Fills a state from a dump. Throws STORE_CORRUPT if it is none, and leaves the state as it was. */
export function loadState(state: LayerState, bytes: Uint8Array): void {
  const parts = partsOf(state);
  const expected = HEADER_BYTES + 8 * parts.reduce((sum, { length }) => sum + length, 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length !== expected || view.getUint32(0, true) !== FORMAT)
    throw new ForesyncError('STORE_CORRUPT', 'on-line layer: another format');
  if (view.getUint32(4, true) !== checksum(bytes.subarray(HEADER_BYTES)))
    throw new ForesyncError('STORE_CORRUPT', 'on-line layer: the checksum differs');
  let at = HEADER_BYTES;
  const next = (): number => {
    const number = view.getFloat64(at, true);
    at += 8;
    return number;
  };
  state.scaler.rows = next();
  for (const part of parts) for (let place = 0; place < part.length; place++) part[place] = next();
  state.calibrators.user.settle();
  state.calibrators.holder.settle();
}

function partsOf({ scaler, learners, calibrators, drift }: LayerState): readonly Float64Array[] {
  const { soon, later } = learners;
  const { user, holder } = calibrators;
  return [
    scaler.mean,
    scaler.variance,
    soon.weights,
    soon.squares,
    later.weights,
    later.squares,
    user.foretold,
    user.opened,
    holder.foretold,
    holder.opened,
    drift.sums,
  ];
}
