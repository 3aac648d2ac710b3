import type { Peeked, Policy, Question } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Hedge, Ruler } from './hedge.js';

/** What scores the plans of a space. */
export interface Scorer {
  readonly policy: Policy;
  readonly hedge: Hedge | null;
  /** Hears that the model did not answer: the plan is made without it. Left out, that is thrown. */
  readonly onModelFailed: ((error: ForesyncError) => void) | undefined;
}

export interface Scores {
  /** Who ruled when the plan began: a change while it waits for scores is a matter of later plans. */
  readonly ruler: Ruler;
  /** The policy's own; null if its model did not answer. */
  readonly own: Float64Array | null;
  /**
   * What orders the items if not `own`: scores before correction, or those of a rival that rules, and of either the device's
   * share. Without both nothing is worth its bytes.
   */
  readonly ranks: Float64Array | null;
  /** What orders them instead while nothing has a price, if not that: `own` before correction, of the device's share. */
  readonly needs: Float64Array | null;
}

/** Scores of a question's items. A model that fails stops what is pushed by it: a rival that rules goes on. */
export async function scoresOf(scorer: Scorer, question: Question): Promise<Scores> {
  const ruler = rulerOf(scorer);
  const { policy } = scorer;
  if (question.items.length === 0) return { ruler, own: NONE, ranks: null, needs: null };
  const own = await unlessFailed(scorer, async () => policy.score(question));
  const ruled = await rankedBy(ruler, question, own);
  const share = policy.deviceShare?.(question) ?? 1;
  const ranks = ruled ?? (policy.correct === undefined && share === 1 ? null : own);
  return {
    ruler,
    own: own === null ? null : (policy.correct?.(own) ?? own),
    ranks: shared(ranks, share),
    needs: ruler.isRival ? null : shared(own, share),
  };
}

/** The same for who only asks: changes nothing. Throws MODEL_FAILED. */
export async function peekAt(scorer: Scorer, question: Question): Promise<Peeked> {
  const { policy } = scorer;
  const ruler = rulerOf(scorer);
  const scores = await (policy.peek?.(question) ?? policy.score(question));
  const ranks = (await rankedBy(ruler, question, scores)) ?? scores;
  return {
    scores: policy.correct?.(scores) ?? scores,
    ranks,
    explain: (item) => ruler.policy.explain(question, item),
  };
}

function rulerOf({ policy, hedge }: Scorer): Ruler {
  return hedge?.ruler ?? { place: 0, policy, isRival: false };
}

/** What a ruler ranks the items of a question by that the policy has scored; null where that is nothing but these scores. */
async function rankedBy(
  { policy, isRival }: Ruler,
  question: Question,
  own: Float64Array | null,
): Promise<Float64Array | null> {
  if (isRival) return policy.score(question);
  return own === null ? null : (policy.lasting?.(question) ?? null);
}

/** What some work answers; null if the model did not. */
export async function unlessFailed<T>({ onModelFailed }: Scorer, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (onModelFailed === undefined || ForesyncError.from(thrown).code !== 'MODEL_FAILED') throw thrown;
    onModelFailed(ForesyncError.from(thrown));
    return null;
  }
}

function shared(ranks: Float64Array | null, share: number): Float64Array | null {
  return share === 1 ? ranks : (ranks?.map((rank) => rank * share) ?? null);
}

const NONE = new Float64Array(0);
