/** The client as the conformance scripts drive it: docs/08-write-a-client.md says what is on standard input and output. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Foresync } from '../../src/client.js';
import { ForesyncClientError } from '../../src/errors.js';
import { fromHex } from '../../src/hex.js';
import { connect } from '../../src/index.node.js';

interface Call {
  readonly id: number;
  readonly call: string;
  readonly with: {
    readonly endpoint: string;
    readonly tokens: readonly string[];
    readonly spaces: readonly string[];
    readonly capacity?: number;
    readonly same_buffer?: boolean;
    readonly type: 'viewed' | 'edited' | 'created';
    readonly space: string;
    readonly item: string;
    readonly query: string;
  };
}

const STATES = {
  connecting: 'connecting',
  'catching-up': 'connecting',
  live: 'live',
  waiting: 'waiting',
  stopped: 'closed',
  closed: 'closed',
} as const;

let path = '';
let client: Foresync | undefined;
let connecting: Promise<Foresync> | undefined;
let leaving = new AbortController();

for await (const line of createInterface(process.stdin)) void obey(line);
await close();
if (path !== '') rmSync(path, { recursive: true });

async function obey(line: string): Promise<void> {
  // What the runner writes.
  const call = JSON.parse(line) as Call;
  const answer = await answered(call).then(
    (gives) => ({ gives }),
    (thrown: unknown) => {
      const { code, message } = ForesyncClientError.from(thrown);
      return { fails: code, message };
    },
  );
  process.stdout.write(`${JSON.stringify({ id: call.id, ...answer })}\n`);
}

async function answered({ call, with: args }: Call): Promise<object> {
  const { space, item } = args;
  switch (call) {
    case 'connect':
      return begin(args);
    case 'open': {
      const { content, waitMs } = await connected().open(space, item);
      return { content: Buffer.from(content).toString('base64'), zero_wait: waitMs === 0 };
    }
    case 'report':
      connected().report({ type: args.type, space, item });
      return {};
    case 'search':
      connected().report({ type: 'searched', space, query: args.query });
      return {};
    case 'flush':
      await connected().flush();
      return {};
    case 'held': {
      const held = connected().held(space, item);
      if (held === undefined) return { held: null };
      const hash = Buffer.from(fromHex(held.checkpoint.dataHash)).toString('base64');
      return { held: { data_hash: hash, stale: held.stale } };
    }
    case 'state':
      return { state: client === undefined ? 'connecting' : STATES[client.state] };
    case 'close':
      await close();
      return {};
    default:
      throw new Error(`${call} is not a call`);
  }
}

async function begin({
  endpoint,
  tokens,
  spaces,
  capacity,
  same_buffer: same,
}: Call['with']): Promise<object> {
  await close();
  if (same !== true) {
    if (path !== '') rmSync(path, { recursive: true });
    path = mkdtempSync(join(tmpdir(), 'foresync-conformance-'));
  }
  const left = [...tokens];
  const [only = ''] = tokens;
  const token = tokens.length === 1 ? only : () => Promise.resolve(left.shift() ?? only);
  const buffer = { kind: 'directory', path, capacityBytes: capacity, surviving: 'process' } as const;
  leaving = new AbortController();
  connecting = connect({ endpoint, token, spaces, buffer, signal: leaving.signal });
  client = await connecting;
  return {};
}

async function close(): Promise<void> {
  leaving.abort();
  await connecting?.then(
    (made) => made.close(),
    () => undefined,
  );
  client = connecting = undefined;
}

function connected(): Foresync {
  if (client === undefined) throw new ForesyncClientError('CLOSED', 'there is no client');
  return client;
}
