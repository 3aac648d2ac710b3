import type { Policy, Question } from '../../src/domain/engine-port.js';
import type { Statistics } from '../../src/predictor/statistics.js';
import { replayInProcess } from '../../src/replay/in-process.js';
import { loadTrace } from '../../src/replay/trace.js';

/** Plans with fewer candidates cost less than what is asked about. */
const LEAST_CANDIDATES = 100;
/** Of the trace's plans the last ones, when most is known. */
const MOST = 200;

/** What a space knows after a replay, and the questions of its last plans. */
export interface LastPlans {
  readonly statistics: Statistics;
  readonly questions: readonly Question[];
}

/** Replays a trace folder. Throws TRACE_INVALID. */
export async function lastPlans(folder: string): Promise<LastPlans> {
  const trace = await loadTrace(folder, { lastSteps: null, splitDevices: false });
  const questions: Question[] = [];
  const spaces: Statistics[] = [];
  const wrap = (policy: Policy, statistics: Statistics): Policy => {
    spaces.push(statistics);
    const score: Policy['score'] = (question) => {
      if (question.kind === 'user' && question.items.length >= LEAST_CANDIDATES) questions.push(question);
      return policy.score(question);
    };
    return { ...policy, score };
  };
  await replayInProcess(trace, 'blend', { budget: 1, wrap });
  const [statistics] = spaces;
  if (statistics === undefined || questions.length === 0)
    throw new Error(`no plan of ${folder} has ${LEAST_CANDIDATES} candidates`);
  return { statistics, questions: questions.slice(-MOST) };
}
