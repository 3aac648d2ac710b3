import type { UserContext } from '../../domain/context.js';
import type { Question, SpaceEngine } from '../../domain/engine-port.js';
import { deviceId, type ItemId, type Pseudonym } from '../../domain/ids.js';
import type { Explanation, Prediction } from '../../domain/prediction-port.js';

/** Of whom something is foretold, and when. */
export interface Person {
  readonly user: Pseudonym;
  readonly context: UserContext;
  readonly nowMs: number;
}

/** What a plan for a device that holds nothing would choose from, best first, at most `k`; nothing before the first step. */
export async function predict(
  engine: SpaceEngine,
  person: Person,
  k: number,
): Promise<readonly Prediction[]> {
  const { user, context, nowMs } = person;
  if (context.steps === 0) return [];
  const items = engine.statistics.candidates(user, context, nowMs);
  if (items.length === 0) return [];
  const { scores, ranks, explain: reasonsOf } = await engine.peek(questionOf(engine, person, items));
  return items
    .map((item, place) => ({ item, score: scores[place] ?? 0, rank: ranks[place] ?? 0 }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, k)
    .map(({ item, score }) => ({ item, score: Math.min(1, score), reasons: reasonsOf(item) }));
}

/** One item's prediction and features; null if the space does not have it. */
export async function explain(
  engine: SpaceEngine,
  person: Person,
  item: ItemId,
): Promise<Explanation | null> {
  if ((engine.statistics.head(item)?.dataHash ?? null) === null) return null;
  const question = questionOf(engine, person, [item]);
  const { scores, explain: reasonsOf } = await engine.peek(question);
  const features = engine.statistics.features(question);
  return {
    prediction: { item, score: Math.min(1, scores[0] ?? 0), reasons: reasonsOf(item) },
    features: new Map(Array.from(features, ([name, values]) => [name, values[0] ?? 0])),
  };
}

function questionOf(
  { space }: SpaceEngine,
  { user, context, nowMs }: Person,
  items: readonly ItemId[],
): Question {
  // Nobody's device: what it holds plays no part.
  return { kind: 'user', space, user, device: deviceId(''), context, items, nowMs };
}
