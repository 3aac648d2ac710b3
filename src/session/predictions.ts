import { itemUnknown } from '../content/checkpoint-of.js';
import type { Predictions } from '../domain/prediction-port.js';
import type { Gate } from './gate.js';

/** See Predictions: what backends ask of the spaces that this node serves, or opens for it. */
export function predictionsOf(gate: Pick<Gate, 'visit'>): Predictions {
  return {
    predict: (meta, user, k) => gate.visit(meta, ({ heart }) => heart.predict(user, k)),
    explain: (meta, user, item) =>
      gate.visit(meta, async ({ heart, tail }) => {
        const known = await heart.explain(user, item);
        if (known !== null) return known;
        // It may have been written a moment ago.
        await tail.caughtUp();
        return (await heart.explain(user, item)) ?? Promise.reject(itemUnknown(item));
      }),
  };
}
