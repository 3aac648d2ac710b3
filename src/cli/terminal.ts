import type { Command } from 'commander';

/** Where a command talks to: the process's streams, or a test's. */
export interface Terminal {
  /** Results, for people and scripts. */
  readonly out: NodeJS.WritableStream;
  /** Progress and complaints. */
  readonly err: NodeJS.WritableStream;
  /** Whether `err` shows a person what is drawn over and over (a progress bar). */
  readonly isLive: boolean;
  /** Whether `out` takes colours. */
  readonly hasColours: boolean;
  /** Aborted by Ctrl-C or a request to terminate: finish in order. */
  readonly signal: AbortSignal;
}

/** Adds one command (or a family of them) to the program. */
export type Register = (program: Command, terminal: Terminal) => void;
