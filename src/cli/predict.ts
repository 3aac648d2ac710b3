import type { Predictions } from '@foresync/client';
import { grpcPredictions } from '@foresync/client';
import type { Command } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { integerBetween } from './options.js';
import type { RemoteOptions, RemoteSpace } from './remote.js';
import { remoteOf, withRemote } from './remote.js';
import type { Terminal } from './terminal.js';

interface PredictOptions extends RemoteOptions {
  readonly user: string;
  readonly k?: number;
  readonly item?: string;
}

/** `foresync predict`: asks what a user needs next, or why an item has its score. */
export function registerPredict(program: Command, terminal: Terminal): void {
  withRemote(program.command('predict'))
    .summary('ask what a user needs next')
    .description(
      'Lists the items that a user needs most probably next, with scores and reasons; with --item says why that item has its score. Needs the token of a backend (`foresync token --backend`). Asking changes nothing.',
    )
    .requiredOption('--user <id>', 'the user, as in their tokens')
    .option('--k <count>', 'how many items (default: 10)', integerBetween(1, 100))
    .option('--item <id>', 'explain this item instead')
    .action((options: PredictOptions) => predict(options, terminal));
}

async function predict(options: PredictOptions, terminal: Terminal): Promise<void> {
  if (options.item !== undefined && options.k !== undefined)
    throw new ForesyncError('CONFIG_INVALID', '--k and --item do not go together', { field: '--k' });
  const remote = remoteOf(options);
  const lines = await asked(remote, terminal, (predictions, call) =>
    options.item === undefined
      ? top(predictions, call, remote, options)
      : explained(predictions, call, remote, { ...options, item: options.item }),
  );
  terminal.out.write(lines);
}

type Call = Parameters<Predictions['predict']>[1];

async function top(
  predictions: Predictions,
  call: Call,
  { space }: RemoteSpace,
  { user, k = 0, json }: PredictOptions,
): Promise<string> {
  const found = await predictions.predict({ space, user, k }, call);
  if (json === true) return line({ space, user, predictions: found.predictions });
  return found.predictions.map(asText).join('');
}

async function explained(
  predictions: Predictions,
  call: Call,
  { space }: RemoteSpace,
  { user, item, json }: PredictOptions & { readonly item: string },
): Promise<string> {
  const { prediction, features } = await predictions.explain({ space, user, item }, call);
  if (json === true) return line({ space, user, ...prediction, features });
  const named = Object.entries(features).map(([name, value]) => `  ${name}: ${rounded(value)}\n`);
  return `${prediction === undefined ? '' : asText(prediction)}${named.join('')}`;
}

interface Shown {
  readonly item: string;
  readonly score: number;
  readonly reasons: readonly { readonly text: string }[];
}

/** Score, item, reasons, separated by tabs. */
function asText({ item, score, reasons }: Shown): string {
  return `${rounded(score)}\t${item}\t${reasons.map(({ text }) => text).join('; ')}\n`;
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** Asks a server, within the timeout, until Ctrl-C. */
async function asked<T>(
  { endpoint, tls, token, timeoutMs }: RemoteSpace,
  terminal: Terminal,
  ask: (predictions: Predictions, call: Call) => Promise<T>,
): Promise<T> {
  const predictions = grpcPredictions({ endpoint, tls });
  try {
    return await ask(predictions, { token, timeoutMs, signal: terminal.signal });
  } finally {
    predictions.close();
  }
}
