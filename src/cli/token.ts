import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { DEV_SECRET, signToken } from './dev-keys.js';
import type { Terminal } from './terminal.js';

interface TokenOptions {
  readonly user: string;
  readonly device: string;
  readonly backend?: boolean;
  readonly privacy?: boolean;
  readonly space: Readonly<Record<string, 'read' | 'write'>>;
  readonly ttl: number;
  readonly audience: string;
  readonly secret: string;
  readonly json?: boolean;
}

/** `foresync token`: signs a token for development. */
export function registerToken(program: Command, terminal: Terminal): void {
  program
    .command('token')
    .summary('sign a token for development')
    .description(
      'Signs a token with the secret of `foresync serve --dev`. In production your identity provider signs them.',
    )
    .option('--user <id>', 'whom it names', 'dev')
    .option('--device <id>', 'device of that user', 'cli')
    .option('--backend', 'no device: a backend that reads and writes content, and opens no session')
    .option('--privacy', 'a backend that may export and forget any user')
    .option('--space <name[:read|:write]>', 'what it grants (repeatable; write if left out)', grant, {})
    .option('--ttl <time>', 'how long it holds: 90s, 15m, 8h, 30d', duration, duration('8h'))
    .option('--audience <name>', 'whom it is for', 'foresync')
    .option('--secret <file>', 'the secret', DEV_SECRET)
    .option('--json', 'print one line of JSON')
    .action((options: TokenOptions) => token(options, terminal));
}

async function token(options: TokenOptions, terminal: Terminal): Promise<void> {
  const { user, audience, ttl } = options;
  const privacy = options.privacy === true;
  const device = options.backend === true || privacy ? null : options.device;
  const spaces = Object.keys(options.space).length > 0 ? options.space : { notes: 'write' as const };
  const expiresMs = Date.now() + ttl;
  const signed = await signToken(options.secret, { user, device, privacy, spaces, audience, expiresMs });
  const expires = new Date(expiresMs).toISOString();
  terminal.out.write(
    options.json === true
      ? `${JSON.stringify({ token: signed, user, device, spaces, expires })}\n`
      : `${signed}\n`,
  );
}

function grant(value: string, before: TokenOptions['space']): TokenOptions['space'] {
  const [, space, right = 'write'] = /^(.+?)(?::(read|write))?$/.exec(value) ?? [];
  if (space === undefined) throw new InvalidArgumentError('A space, or a space and :read or :write.');
  return { ...before, [space]: right === 'read' ? 'read' : 'write' };
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(value: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('A number and s, m, h or d.');
}
