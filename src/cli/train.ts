import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { SHIPPED_MODEL } from '../app/model.js';
import { holdsStore } from '../app-export.js';
import { ForesyncError } from '../domain/errors.js';
import { readMeta } from '../replay/trace-meta.js';
import { exportStore } from './export.js';
import { runPython } from './python.js';
import type { Terminal } from './terminal.js';

interface TrainCommand {
  readonly from: string;
  readonly out: string;
  readonly start: string;
  readonly space?: string;
  readonly hashItems?: boolean;
}

/** `foresync train`: fine-tunes a model on a team's own work. */
export function registerTrain(program: Command, terminal: Terminal): void {
  program
    .command('train')
    .argument('[options...]', 'options of wasm-model/train.py, after --')
    .summary('fine-tune the model on work of your own')
    .description(
      'Goes on training a model with a trace, or with what a server remembers of a space, and writes a model for push.model. Needs Python 3.11 with venv; the first run installs JAX beside the scripts. No data leaves this machine.',
    )
    .requiredOption('--from <folder>', 'folder of a trace, or of a server’s store (stop the server first)')
    .requiredOption('-o, --out <folder>', 'where to write the model')
    .option('--space <name>', 'space to learn from, of a store')
    .option('--hash-items', 'keep no names of items in the trace that is made of a store')
    .option('--start <folder>', 'model to go on from, with its checkpoint', SHIPPED_MODEL)
    .addHelpText('after', examples)
    .action((options: readonly string[], command: TrainCommand) => train(command, options, terminal));
}

async function train(command: TrainCommand, options: readonly string[], terminal: Terminal): Promise<void> {
  const checkpoint = await checkpointOf(command.start);
  await mkdir(command.out, { recursive: true });
  const trace = await traceOf(command, terminal);
  // Large, and of no use once the model is there.
  const work = await mkdtemp(join(command.out, '.work-'));
  try {
    const told = ['--traces', trace, '--work', work, '--out', command.out, '--start', checkpoint];
    await runPython('make_model.py', [...told, ...options], terminal);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkpointOf(model: string): Promise<string> {
  const checkpoint = join(model, 'checkpoint');
  if (await isFile(join(checkpoint, 'training.json'))) return checkpoint;
  const message = `${model} holds no checkpoint to go on from (checkpoint/training.json)`;
  throw new ForesyncError('FIELD_INVALID', message, { field: 'start' });
}

/** The folder of a trace that may be learned from; made first if there is a store. */
async function traceOf(
  { from, out, space, hashItems = false }: TrainCommand,
  terminal: Terminal,
): Promise<string> {
  if (await holdsStore(from)) {
    if (space === undefined)
      throw new ForesyncError('FIELD_INVALID', `${from} is a store: --space says what of it`, {
        field: 'space',
      });
    const trace = join(out, 'trace');
    await exportStore(trace, { store: from, space, hashItems, force: true }, terminal);
    return trace;
  }
  if (!(await isFile(join(from, 'meta.json')))) {
    const message = `${from} holds neither a trace (meta.json) nor a store (data.mdb)`;
    throw new ForesyncError('FIELD_INVALID', message, { field: 'from' });
  }
  const { train } = await readMeta(from);
  if (train) return from;
  const message = `${from} says that no model may learn from it: "train": false in its meta.json`;
  throw new ForesyncError('FIELD_INVALID', message, { field: 'from' });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

const examples = `
Examples:
  foresync train --from my-trace --out my-model
  foresync train --from .foresync/store --space notes --out my-model -- --epochs 6
  foresync replay my-trace --in-process --policies blend,model,oracle --model my-model`;
