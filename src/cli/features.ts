import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { writeFeatures } from '../replay/features/write-features.js';
import { KNOWN_POLICIES } from '../replay/policies.js';
import { integerBetween, numberFrom } from './options.js';
import { ReplayProgress } from './replay-progress.js';
import type { Terminal } from './terminal.js';

interface FeaturesCommand {
  readonly out: string;
  readonly lastSteps?: number;
  readonly seed: number;
  readonly pushing: string;
  readonly budget: number;
  readonly model?: string;
  readonly reuse?: boolean;
}

/** `foresync features`: what a model learns from a trace. */
export function registerFeatures(program: Command, terminal: Terminal): void {
  program
    .command('features')
    .argument('<trace>', 'folder of a trace (see `foresync import`)')
    .summary('write the features of recorded work, for training a model')
    .description(
      'Replays a trace in process and writes the descriptors of steps, the features of candidates and what became of them: the input of wasm-model/train.py.',
    )
    .requiredOption('--out <folder>', 'where to write; it is made if it is not there')
    .option('--last-steps <count>', 'only the last steps of the trace', integerBetween(1, 1e9))
    .option('--seed <number>', 'of the candidates that are drawn', integerBetween(0, 2 ** 32 - 1), 1)
    .option(
      '--pushing <policy>',
      'who pushes meanwhile: what it pushed is no candidate any more',
      known,
      'none',
    )
    .option('--budget <ratio>', 'bytes that it may push for each byte that is opened', numberFrom(0), 1)
    .option('--model <folder>', 'its model, instead of the one that comes with Foresync')
    .option('--reuse', 'leave features that are there already and would be the same again')
    .action((trace: string, options: FeaturesCommand) => run(trace, options, terminal));
}

async function run(trace: string, options: FeaturesCommand, terminal: Terminal): Promise<void> {
  const { out, seed, budget, pushing, model = null, lastSteps = null, reuse = false } = options;
  const progress = new ReplayProgress(terminal, 1);
  try {
    const done = await writeFeatures({
      ...{ trace, out, lastSteps, seed, pusher: pushing, budget, model, reuse },
      signal: terminal.signal,
      onProgress: (steps, total) => progress.update({ policy: 'features', steps, total }),
    });
    progress.stop();
    if (done === 'kept') terminal.err.write(`${out}: these features are there already\n`);
    terminal.out.write(`${out}\n`);
  } finally {
    progress.stop();
  }
}

function known(value: string): string {
  if (KNOWN_POLICIES.includes(value)) return value;
  throw new InvalidArgumentError(`there is no policy "${value}"; there are ${KNOWN_POLICIES.join(', ')}`);
}
