import { chance, type Feature } from './feature.js';
import { cached, oneOf, type Signal, type View } from './view.js';

/** Users of an item that are looked at, the last ones. */
const MOST = 8;

/** How much of what the user opens follows those who opened an item last, summed. */
export const company: Signal = (view) => withUsers(view).all;

/**
 * Columns that the on-line layer reads beside the network's features. What they are worth differs from space to space: a network
 * that learned it where cases are handed over would expect it everywhere (docs/adr/0005-ranking.md).
 */
export const COMPANY: readonly Feature[] = [
  chance(
    'company',
    "share of the user's opens that followed those who opened it last, summed",
    oneOf(company),
  ),
  chance(
    'company-since',
    'the same of those who opened it since the user did',
    oneOf((view) => withUsers(view).since),
  ),
  chance(
    'company-last',
    'the same of who opened it last',
    oneOf((view) => withUsers(view).last),
  ),
  chance(
    'succession',
    'share of what that one opens that the user opens next',
    oneOf((view) => withUsers(view).succession),
  ),
  chance(
    'succession-since',
    'the same, if that one opened it since the user did',
    oneOf((view) => withUsers(view).successionSince),
  ),
];

/** All of them look at the same users, one look each. */
const withUsers = cached((view: View) => {
  const { counts, user, numbers } = view;
  const read = {
    all: new Float64Array(numbers.length),
    since: new Float64Array(numbers.length),
    last: new Float64Array(numbers.length),
    succession: new Float64Array(numbers.length),
    successionSince: new Float64Array(numbers.length),
  };
  const { company: known, sums } = counts;
  known.successions(user, sums);
  each(view, (at, other, place, isSince) => {
    if (place > 0) return;
    const share = sums.get(other) / known.opensOf(other);
    read.succession[at] = share;
    if (isSince) read.successionSince[at] = share;
  });
  sums.clear();
  known.shares(user, sums);
  each(view, (at, other, place, isSince) => {
    const share = sums.get(other);
    read.all[at] = (read.all[at] ?? 0) + share;
    if (isSince) read.since[at] = (read.since[at] ?? 0) + share;
    if (place === 0) read.last[at] = share;
  });
  sums.clear();
  return read;
});

/** Shows the last users of each item of a view but the user, the latest first; `isSince`: later than the user. */
function each(
  { counts, user, numbers }: View,
  see: (at: number, other: number, place: number, isSince: boolean) => void,
): void {
  for (let at = 0; at < numbers.length; at++) {
    let place = 0;
    let isSince = true;
    for (const other of counts.company.usersOf(numbers[at] ?? -1)) {
      if (place === MOST) break;
      if (other === user) isSince = false;
      else see(at, other, place++, isSince);
    }
  }
}
