import type { Command } from 'commander';
import { loadTrace } from '../replay/trace.js';
import type { Terminal } from './terminal.js';

/** `foresync steps`: what a replay makes of a trace, for a recommender of one's own. */
export function registerSteps(program: Command, terminal: Terminal): void {
  program
    .command('steps')
    .argument('<trace>', 'folder of a trace')
    .summary('print the steps of a trace as JSON lines')
    .description(
      'Prints what a replay makes of a trace, a step a line in order: {"user": …, "items": […]}. For scores of your own, see `foresync replay --policies file:NAME=DIR`.',
    )
    .action(async (trace: string) => {
      const { steps } = await loadTrace(trace);
      for (const { user, items } of steps) {
        terminal.out.write(`${JSON.stringify({ user, items: items.map(({ item }) => item) })}\n`);
      }
    });
}
