import { InvalidArgumentError } from 'commander';

/** A comma-separated list without empty parts. */
export function list(value: string): readonly string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Names separated by commas.');
  return parts;
}

/** A number of at least `min`. */
export function numberFrom(min: number): (value: string) => number {
  return (value) => {
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min) return number;
    throw new InvalidArgumentError(`A number of at least ${min}.`);
  };
}

/** A whole number from `min` to `max`. */
export function integerBetween(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max}.`);
  };
}
