import type { PolicyFactory } from '../../app.js';
import type { PlanObserver, Policy } from '../../domain/engine-port.js';
import type { Pseudonym, UserId } from '../../domain/ids.js';
import { pseudonym } from '../../domain/ids.js';
import { oracleOf } from '../oracle.js';
import type { Recorder } from '../recorder.js';
import type { Trace } from '../trace-types.js';

/** Which user of the trace a server's pseudonym is: the replay measures by the trace's names. */
export class TraceNames {
  readonly #users: ReadonlySet<UserId>;
  readonly #names = new Map<Pseudonym, Pseudonym>();

  constructor(trace: Trace) {
    this.#users = new Set(
      trace.moments.flatMap((moment) => (moment.kind === 'step' ? [moment.user] : moment.users)),
    );
  }

  /** Before the first plan. */
  learn(pseudonymOf: (user: UserId) => Pseudonym): void {
    for (const user of this.#users) this.#names.set(pseudonymOf(user), pseudonym(user));
  }

  /** The name that the trace has for a user of the server. */
  of(user: Pseudonym): Pseudonym {
    const name = this.#names.get(user);
    if (name === undefined) throw new RangeError('the server speaks of a user who is not in the trace');
    return name;
  }

  /** An observer that hears of users by the trace's names. */
  translated(observer: PlanObserver): PlanObserver {
    return { onPlan: (seen) => observer.onPlan({ ...seen, user: this.of(seen.user) }) };
  }
}

/** The policy that a replay's server runs: the oracle is the replay's own, the others go by their names. */
export function livePolicy(name: string, recorder: Recorder, names: TraceNames): string | PolicyFactory {
  if (name !== 'oracle') return name;
  const oracle = oracleOf(recorder);
  const policy: Policy = {
    ...oracle,
    choose: (question) => oracle.choose?.({ ...question, user: names.of(question.user) }) ?? [],
  };
  return () => policy;
}
