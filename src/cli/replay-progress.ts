import type { SingleBar } from 'cli-progress';
import type { TaskProgress } from '../replay/policy-task.js';
import { progressBar } from './progress-bar.js';
import type { Terminal } from './terminal.js';

/** Shows how far a replay is: a bar for a person, a line a policy for a file. */
export class ReplayProgress {
  readonly #terminal: Terminal;
  readonly #policies: number;
  readonly #progress = new Map<string, TaskProgress>();
  readonly #started = performance.now();
  readonly #bar: SingleBar | null;

  constructor(terminal: Terminal, policies: number) {
    this.#terminal = terminal;
    this.#policies = policies;
    this.#bar = progressBar(terminal, '{value}/{total} steps · {eta_formatted} left · {running}');
  }

  /** A policy has come further; `steps === total` is its end. */
  update(progress: TaskProgress): void {
    const { policy, steps, total } = progress;
    this.#progress.set(policy, progress);
    if (this.#bar === null) {
      if (steps === total) this.#terminal.err.write(`${policy}: ${total} steps, ${this.#seconds()} s\n`);
      return;
    }
    const all = [...this.#progress.values()];
    const done = all.reduce((sum, each) => sum + each.steps, 0);
    const running = all.filter((each) => each.steps < each.total).map((each) => each.policy);
    if (!this.#bar.isActive) this.#bar.start(total * this.#policies, 0, { running: '' });
    this.#bar.update(done, { running: running.join(', ') });
  }

  /** Leaves the terminal as it should be. Idempotent. */
  stop(): void {
    this.#bar?.stop();
  }

  #seconds(): string {
    return ((performance.now() - this.#started) / 1000).toFixed(1);
  }
}
