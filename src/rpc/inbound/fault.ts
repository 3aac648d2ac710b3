import { ForesyncError } from '../../domain/errors.js';

/**
 * A field that has a value it cannot have. Checks throw it with the field's own name; `within` and `each` add the way to
 * it on the way out, so that a valid message pays nothing for paths.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly path: string;
  readonly problem: string;
  readonly limit: number | undefined;

  constructor(path: string, problem: string, limit?: number) {
    super(`${path === '' ? 'it' : path} ${problem}`);
    this.path = path;
    this.problem = problem;
    this.limit = limit;
  }
}

/** Runs a check; a Fault becomes FIELD_INVALID with the whole path and the limit. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    throw thrown instanceof Fault ? fieldInvalid(thrown) : thrown;
  }
}

/** Runs a check of something that lies at `path`. */
export function within<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    throw thrown instanceof Fault ? deeper(path, thrown) : thrown;
  }
}

/** Checks each of at most `max` entries of the list `name`. */
export function each<In, Out>(
  name: string,
  list: readonly In[],
  max: number,
  check: (entry: In) => Out,
): Out[] {
  if (list.length > max) throw new Fault(name, `has ${list.length} entries, at most ${max} are allowed`, max);
  const out: Out[] = [];
  for (const [index, entry] of list.entries()) {
    try {
      out.push(check(entry));
    } catch (thrown) {
      throw thrown instanceof Fault ? deeper(`${name}[${index}]`, thrown) : thrown;
    }
  }
  return out;
}

/** A field that must be set. */
export function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new Fault(name, 'is missing');
  return value;
}

function deeper(path: string, fault: Fault): Fault {
  const joined = fault.path === '' ? path : `${path}.${fault.path}`;
  return new Fault(joined, fault.problem, fault.limit);
}

function fieldInvalid(fault: Fault): ForesyncError {
  const limit = fault.limit === undefined ? {} : { facts: { limit: String(fault.limit) } };
  return new ForesyncError('FIELD_INVALID', fault.message, { field: fault.path, ...limit });
}
