import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as endOfTick } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { deploymentKeys, verifierOf } from '../../src/app/identity.js';
import { rpcOptions } from '../../src/app/settings.js';
import type { Config } from '../../src/config.js';
import { configOf } from '../../src/config.js';
import type { ExplainedPush } from '../../src/domain/plan.js';
import type { OpenSession, SessionGate } from '../../src/domain/session-port.js';
import { pseudonymOf } from '../../src/rpc/identity/server-key.js';
import { OUTBOX_LIMITS } from '../../src/outbox/limits.js';
import { RpcServer } from '../../src/rpc/server.js';
import { openStore } from '../../src/store/open.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import type { Listening } from './messages.js';
import type { PushServer, Range } from './push-server.js';
import type { Content } from './workload.js';
import { SPACE } from './workload.js';

/** Planned contents that may wait in one outbox, as on a server; it is refilled when half of them are sent. */
export const { maxPlanned: MAX_PLANNED } = OUTBOX_LIMITS;

/** A session as the bench fills it. */
export interface Filled {
  readonly session: OpenSession;
  /** Whether everything that was planned before is sent and acknowledged. */
  readonly ready: boolean;
  /** Pushes that were sent. */
  readonly sent: number;
  offer(pushes: readonly ExplainedPush[]): void;
}

/** What stands behind the edge. */
export interface Behind {
  readonly pushes: readonly ExplainedPush[];
  open: (...hello: Parameters<SessionGate['open']>) => Promise<Filled>;
}

export type MakeBehind = (contents: readonly Content[], config: Config) => Promise<Behind>;

/** Our edge: identity, decoding, the writer, acknowledgements; and behind it sessions that the bench plans for. */
export class ForesyncServer implements PushServer {
  readonly #contents: readonly Content[];
  readonly #streams: number;
  readonly #makeBehind: MakeBehind;
  readonly #sessions: Filled[] = [];
  #pushes: readonly ExplainedPush[] = [];

  constructor(contents: readonly Content[], streams: number, makeBehind: MakeBehind) {
    this.#contents = contents;
    this.#streams = streams;
    this.#makeBehind = makeBehind;
  }

  get ready(): number {
    return this.#sessions.filter(({ ready }) => ready).length;
  }

  async listen(): Promise<Listening> {
    const folder = mkdtempSync(join(tmpdir(), 'foresync-bench-'));
    const secret = randomBytes(32);
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, secret.toString('base64url'));
    const config = configOf({ server: { listen: '127.0.0.1:0' }, auth: { secretFile } });
    const behind = await this.#makeBehind(this.#contents, config);
    this.#pushes = behind.pushes;
    const server = await this.#edge(config, behind);
    const port = await server.start();
    rmSync(folder, { recursive: true });
    return { port, tokens: await tokens(secret, this.#streams) };
  }

  async burst({ from, to }: Range): Promise<void> {
    const offered = this.#sessions.map(() => from);
    for (;;) {
      let open = 0;
      for (const [index, filled] of this.#sessions.entries()) {
        const next = offered[index] ?? from;
        if (filled.sent < to) open++;
        if (next === to || next - filled.sent > MAX_PLANNED / 2) continue;
        const upTo = Math.min(to, filled.sent + MAX_PLANNED);
        filled.offer(this.#pushes.slice(next, upTo));
        offered[index] = upTo;
      }
      if (open === 0) return;
      await endOfTick();
    }
  }

  push(stream: number, content: number): void {
    const push = this.#pushes[content];
    if (push !== undefined) this.#sessions[stream]?.offer([push]);
  }

  async #edge(config: Config, behind: Behind): Promise<RpcServer> {
    const keys = deploymentKeys(config);
    const store = await openStore({ url: 'memory:' }, { clock, randomBytes });
    const gate: SessionGate = {
      open: async (identity, hello) => {
        const filled = await behind.open(identity, hello);
        // A real client says its own name after the number.
        this.#sessions[Number.parseInt(hello.clientVersion, 10)] = filled;
        return filled.session;
      },
      // Where a browser's Reports go: the bench has no devices that ask for others' sessions.
      find: (_identity, id) =>
        Object.values(this.#sessions).find(({ session }) => session.id === id)?.session,
    };
    const noBackend = () => Promise.reject(new Error('no backend of the bench asks anything'));
    return new RpcServer(rpcOptions(config), {
      gate,
      predictions: { predict: noBackend, explain: noBackend },
      verifier: verifierOf(config, keys, clock),
      logger: createLogger('warn'),
      metrics: createMetrics(),
      content: { store, clock, limits: config.limits, autoCreate: null },
      pseudonymOf: (user) => pseudonymOf(keys.pseudonym, user),
    });
  }
}

export const clock = { now: () => Date.now() };

function tokens(secret: Buffer, count: number): Promise<string[]> {
  const key = createSecretKey(secret);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      new SignJWT({ sub: `user-${index}`, device: 'bench', aud: 'foresync', spaces: { [SPACE]: 'read' } })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(key),
    ),
  );
}
