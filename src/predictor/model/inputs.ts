import { ForesyncError } from '../../domain/errors.js';
import type { AdvanceBatch, ModelSizes, ScoreBatch } from '../../domain/model-port.js';

/** Rows of each side of a batch. */
export interface BatchSize {
  readonly users: number;
  readonly rows: number;
}

/** Counts a batch's users; throws FIELD_INVALID if an array has not the length that the others and the sizes give it. */
export function sizeOfAdvance(batch: AdvanceBatch, sizes: ModelSizes): BatchSize {
  const users = rowsOf('states', batch.states, sizes.state);
  expectLength('descriptors', batch.descriptors.length, users * sizes.descriptor);
  return { users, rows: 0 };
}

/** As `sizeOfAdvance`; also throws FIELD_INVALID if a candidate's owner is none of the users. */
export function sizeOfScore(batch: ScoreBatch, sizes: ModelSizes): BatchSize {
  const users = rowsOf('states', batch.states, sizes.state);
  const rows = rowsOf('features', batch.features, sizes.features);
  expectLength('owners', batch.owners.length, rows);
  for (const owner of batch.owners) {
    if (owner >= 0 && owner < users) continue;
    throw invalid(`owners[${batch.owners.indexOf(owner)}]`, `is ${owner}`, `0 to ${users - 1}`);
  }
  return { users, rows };
}

/** Throws FIELD_INVALID at the first NaN or infinity: in a common run it would cost everybody's answer. */
export function checkFinite(field: string, values: Float32Array): void {
  if (allFinite(values)) return;
  const place = values.findIndex((value) => !Number.isFinite(value));
  throw invalid(`${field}[${place}]`, `is ${values[place] ?? 0}`, 'finite');
}

export function allFinite(values: Float32Array): boolean {
  // A plain loop: `every` calls back a million times for a full batch.
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

function rowsOf(field: string, values: Float32Array, columns: number): number {
  const rows = values.length / columns;
  if (!Number.isInteger(rows))
    throw invalid(field, `has ${values.length} values`, `a multiple of ${columns}`);
  return rows;
}

function expectLength(field: string, found: number, expected: number): void {
  if (found !== expected) throw invalid(field, `has ${found} values`, `${expected}`);
}

function invalid(field: string, found: string, limit: string): ForesyncError {
  return new ForesyncError('FIELD_INVALID', `${field} ${found}, expected ${limit}`, {
    field,
    facts: { limit },
  });
}
