import type { Command } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { withPrivacy } from './privacy.js';
import type { RemoteOptions } from './remote.js';
import { serverOf, withServer } from './remote.js';
import type { Terminal } from './terminal.js';

interface ForgetCommand extends RemoteOptions {
  readonly user?: string;
  readonly yes?: boolean;
}

/** `foresync forget`: removes everything that a server keeps of a user. */
export function registerForget(program: Command, terminal: Terminal): void {
  withServer(program.command('forget'))
    .summary('forget a user')
    .description(
      'Removes everything that a server keeps of a user: what they did and what followed from it, on every node and replica. Their devices are told to drop what they hold. There is no way back. Content that the user wrote stays in its space.',
    )
    .option(
      '--user <id>',
      'whom, as in their tokens (default: the token’s own user); needs a backend with `privacy`',
    )
    .option('--yes', 'do it')
    .action((options: ForgetCommand) => forget(options, terminal));
}

async function forget(options: ForgetCommand, terminal: Terminal): Promise<void> {
  const remote = serverOf(options);
  const { user = '', yes, json } = options;
  if (yes !== true)
    throw new ForesyncError('CONFIG_INVALID', '--yes is needed: there is no way back', { field: '--yes' });
  const { removed } = await withPrivacy(remote, terminal, (privacy, call) => privacy.forget({ user }, call));
  terminal.out.write(
    json === true ? `${JSON.stringify({ removed: Number(removed) })}\n` : `${removed} records removed\n`,
  );
}
