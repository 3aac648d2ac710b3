import type { Policy } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import type { BudgetLedger } from '../../planner/ledger.js';
import type { Price } from '../../planner/price.js';
import { checksum } from '../../util/checksum.js';
import type { Hedge } from './hedge.js';

/** What of an engine learns; what it learned is the space's. */
export interface Learning {
  readonly policy: Policy;
  readonly hedge: Hedge | null;
  readonly ledger: BudgetLedger;
  readonly price: Price;
  /** Whose values the price is in. */
  readonly ruler: number;
}

/** "FSL" and a version; it changes with the meaning of any number. */
const FORMAT = 0x46534c01;
/** Checksum, format, ruler, how many numbers of the standings and of the price. */
const HEADER_BYTES = 20;
const WORDS_AT = 8;

/** What was learned here since it was asked last; null if nothing, and at the first time. */
export function engineLesson({ policy, hedge, ledger, price, ruler }: Learning): Uint8Array | null {
  const learned = policy.memory?.lesson() ?? new Uint8Array(0);
  const account = ledger.lesson();
  const [standings, offers] = [hedge?.lesson() ?? [], price.lesson()];
  const isNothing = learned.length + standings.length + offers.length === 0;
  if (isNothing && account.every((bytes) => bytes === 0)) return null;
  const numbers = [...account, ...standings, ...offers];
  const bytes = new Uint8Array(HEADER_BYTES + 8 * numbers.length + learned.length);
  const view = new DataView(bytes.buffer);
  for (const [place, word] of [ruler, standings.length, offers.length].entries())
    view.setUint32(WORDS_AT + 4 * place, word, true);
  for (const [place, number] of numbers.entries()) view.setFloat64(HEADER_BYTES + 8 * place, number, true);
  bytes.set(learned, HEADER_BYTES + 8 * numbers.length);
  view.setUint32(4, FORMAT, true);
  view.setUint32(0, checksum(bytes.subarray(4)), true);
  return bytes;
}

/** Learns a lesson of another node; one of another format is left alone. Throws STORE_CORRUPT for a damaged one. */
export function learnEngineLesson(learning: Learning, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw damaged('it is too short');
  if (view.getUint32(0, true) !== checksum(bytes.subarray(4))) throw damaged('the checksum differs');
  if (view.getUint32(4, true) !== FORMAT) return;
  const ruler = view.getUint32(8, true);
  const inStandings = view.getUint32(12, true);
  const end = 2 + inStandings + view.getUint32(16, true);
  if (HEADER_BYTES + 8 * end > bytes.length) throw damaged('it is cut off');
  const numbers = Array.from({ length: end }, (_, place) => view.getFloat64(HEADER_BYTES + 8 * place, true));
  if (numbers.some((number) => Number.isNaN(number))) throw damaged('it has what is no number');
  const learned = bytes.subarray(HEADER_BYTES + 8 * end);
  if (learned.length > 0) learning.policy.memory?.taught(learned);
  learning.ledger.taught([numbers[0] ?? 0, numbers[1] ?? 0]);
  learning.hedge?.taught(numbers.slice(2, 2 + inStandings));
  if (ruler === learning.ruler) learning.price.taught(numbers.slice(2 + inStandings));
}

const damaged = (why: string): ForesyncError => new ForesyncError('STORE_CORRUPT', `lesson: ${why}`);
