import type { Policy } from '../domain/engine-port.js';
import type { ItemId } from '../domain/ids.js';
import type { Recorder } from './recorder.js';

/** How far the oracle looks ahead. */
const NEEDED_ITEMS = 10;

/**
 * The reference: at each plan the user's next 10 needed items in order, whether they are candidates or not, first come
 * first served while the budget lasts. Items that a step creates are not needed by it; those that the present step is about
 * to change wait until it did: writes come before plans.
 */
export function oracleOf(recorder: Recorder): Policy {
  return {
    name: 'oracle',
    payment: 'first-come',
    plans: 'all',
    score: ({ items }) => new Float64Array(items.length).fill(1),
    explain: () => [],
    choose: ({ user }) => {
      const needed = new Set<ItemId>();
      for (const step of recorder.future.stepsAfter(user, recorder.place)) {
        for (const { item, created } of step.items) {
          if (!created && !recorder.isAboutToChange(item)) needed.add(item);
          if (needed.size === NEEDED_ITEMS) return [...needed];
        }
      }
      return [...needed];
    },
  };
}
