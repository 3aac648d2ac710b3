import type { SingleBar } from 'cli-progress';
import type { CopyProgress } from '../app-copy.js';
import { progressBar } from './progress-bar.js';
import type { Terminal } from './terminal.js';

/** Shows how far a copy is: a bar for a person, a line a part for a file. */
export class CopyBar {
  readonly #terminal: Terminal;
  readonly #bar: SingleBar | null;
  #last: CopyProgress | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#bar = progressBar(terminal, '{phase} {part} · {value}/{total} · {eta_formatted} left');
  }

  /** The copy has come further. */
  update(progress: CopyProgress): void {
    const { phase, part, done, total } = progress;
    const isNext = this.#last?.phase !== phase;
    if (this.#bar === null) {
      if (isNext || this.#last?.part !== part) this.#tell();
    } else {
      if (isNext) this.#bar.start(total, 0, { phase, part });
      this.#bar.setTotal(total);
      this.#bar.update(done, { phase, part });
    }
    this.#last = progress;
  }

  /** Leaves the terminal as it should be. Idempotent. */
  stop(): void {
    this.#bar?.stop();
    if (this.#bar === null) this.#tell();
    this.#last = null;
  }

  #tell(): void {
    if (this.#last === null) return;
    const { phase, part, done, total } = this.#last;
    this.#terminal.err.write(`${phase} ${part}: ${done} of ${total} steps\n`);
  }
}
