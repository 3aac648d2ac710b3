import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** A bar for a person who watches; null where nobody does. `told`: what stands beside the percentage, as cli-progress takes it. */
export function progressBar({ isLive, err }: Terminal, told: string): SingleBar | null {
  if (!isLive) return null;
  return new SingleBar({
    stream: err,
    format: `{bar} {percentage}% · ${told}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
}
