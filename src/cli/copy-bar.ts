import { SingleBar } from 'cli-progress';
import type { CopyProgress } from '../app-copy.js';
import type { Terminal } from './terminal.js';

/** Shows how far a copy is: a bar for a person, a line a part for a file. */
export class CopyBar {
  readonly #terminal: Terminal;
  readonly #bar: SingleBar | null;
  #phase: CopyProgress['phase'] | null = null;
  #last: CopyProgress | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#bar = terminal.isLive ? newBar(terminal) : null;
  }

  /** The copy has come further. */
  update(progress: CopyProgress): void {
    const { phase, part, done, total } = progress;
    if (this.#bar === null) {
      if (this.#last !== null && (this.#last.part !== part || this.#last.phase !== phase)) this.#tell();
    } else {
      if (this.#phase !== phase) this.#bar.start(total, 0, { phase, part });
      this.#bar.setTotal(total);
      this.#bar.update(done, { phase, part });
    }
    this.#phase = phase;
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

function newBar(terminal: Terminal): SingleBar {
  return new SingleBar({
    stream: terminal.err,
    format: '{bar} {percentage}% · {phase} {part} · {value}/{total} · {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
}
