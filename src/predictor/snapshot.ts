import { ForesyncError } from '../domain/errors.js';
import { itemId, pseudonym } from '../domain/ids.js';
import type { AccessDump } from './accesses.js';
import type { CompanyDump } from './company.js';
import type { CountsDump } from './decayed-counts.js';
import type { NeighbourDump } from './neighbours.js';
import type { Counts } from './counts.js';

const FORMAT = 'foresync-statistics-3';

interface Snapshot {
  readonly format: string;
  readonly items: readonly string[];
  readonly users: readonly string[];
  readonly accesses: AccessDump;
  readonly popularity: CountsDump;
  readonly trend: CountsDump;
  readonly uses: readonly number[];
  readonly transitions: NeighbourDump;
  readonly departures: readonly number[];
  readonly together: NeighbourDump;
  readonly company: CompanyDump;
}

/** Statistics as UTF-8 JSON; bounded as they are. The order in folders and what goes on lately are not in it: they come back with use. */
export function dumpCounts(counts: Counts): Uint8Array {
  const items = counts.items.names();
  const users = counts.users.names();
  const snapshot: Snapshot = {
    format: FORMAT,
    items,
    users,
    accesses: counts.accesses.dump(users.length),
    popularity: counts.popularity.dump(items.length),
    trend: counts.trend.dump(items.length),
    uses: counts.uses.dump(items.length),
    transitions: counts.transitions.dump(),
    departures: counts.departures.dump(items.length),
    together: counts.together.dump(),
    company: counts.company.dump(users.length),
  };
  return new TextEncoder().encode(JSON.stringify(snapshot));
}

/** Fills empty statistics from such bytes. Throws STORE_CORRUPT if they are something else. */
export function loadCounts(counts: Counts, bytes: Uint8Array): void {
  const snapshot = parse(bytes);
  for (const item of snapshot.items) counts.items.number(itemId(item));
  for (const user of snapshot.users) counts.users.number(pseudonym(user));
  counts.accesses.load(snapshot.accesses);
  counts.popularity.load(snapshot.popularity);
  counts.trend.load(snapshot.trend);
  counts.uses.load(snapshot.uses);
  counts.transitions.load(snapshot.transitions);
  counts.departures.load(snapshot.departures);
  counts.together.load(snapshot.together);
  counts.company.load(snapshot.company);
  loadFolders(counts, snapshot);
}

/** A folder's counts are the sums of its items'. */
function loadFolders({ folders }: Counts, { popularity, trend }: Snapshot): void {
  for (const [dump, counts] of [
    [popularity, folders.popularity],
    [trend, folders.trend],
  ] as const) {
    for (const [item, count] of dump.counts.entries())
      if (count > 0) counts.count(folders.of(item), dump.times[item] ?? 0, count);
  }
}

function parse(bytes: Uint8Array): Snapshot {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isSnapshot(value)) return value;
  } catch (cause) {
    throw new ForesyncError('STORE_CORRUPT', 'snapshot of statistics: no JSON', { cause });
  }
  throw new ForesyncError('STORE_CORRUPT', `snapshot of statistics: expected format ${FORMAT}`);
}

/** The format names every field: whoever wrote it wrote them all. */
function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT;
}
