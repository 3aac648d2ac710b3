import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { fieldInvalid } from './errors.js';

/** A place in degrees. It never leaves the device: only its coarse cell does. */
export interface Location {
  /** -90 to 90. */
  readonly latitude: number;
  /** -180 to 180. */
  readonly longitude: number;
}

/** The geohash cell of a place: four characters, about 39 × 20 km. Throws FIELD_INVALID for what is no place. */
export function coarseCell({ latitude, longitude }: Location): string {
  const range = {
    latitude: within('location.latitude', latitude, 90),
    longitude: within('location.longitude', longitude, 180),
  };
  let cell = '';
  let even = true;
  for (let char = 0; char < PROTOCOL_LIMITS.locationCellChars; char++) {
    let digit = 0;
    for (let bit = 0; bit < 5; bit++) {
      digit = digit * 2 + halve(even ? range.longitude : range.latitude);
      even = !even;
    }
    cell += ALPHABET.charAt(digit);
  }
  return cell;
}

interface Range {
  readonly value: number;
  low: number;
  high: number;
}

function within(field: string, value: number, limit: number): Range {
  if (value >= -limit && value <= limit) return { value, low: -limit, high: limit };
  throw fieldInvalid(field, `is ${value}: it must be from ${-limit} to ${limit}`, limit);
}

/** Keeps the half that the value lies in: 1 for the upper one. */
function halve(range: Range): 0 | 1 {
  const middle = (range.low + range.high) / 2;
  if (range.value >= middle) {
    range.low = middle;
    return 1;
  }
  range.high = middle;
  return 0;
}

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';
