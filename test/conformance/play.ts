import { setTimeout as sleep } from 'node:timers/promises';
import { ForesyncError } from '../../src/domain/errors.js';
import type { Answer, Driver } from './driver.js';
import { eventually, PATIENCE_MS } from './eventually.js';
import { mismatch } from './match.js';
import type { Json, Script, Step } from './script.js';
import { ScriptedServer } from './scripted-server.js';
import type { ScriptedStream } from './scripted-stream.js';
import type { Names } from './values.js';
import { made } from './values.js';
import type { WireEvent } from './wire.js';

/** What a script leaves unsaid of a Welcome. */
const WELCOME = { session_id: 'a session', query_key: Buffer.alloc(32, 7), heartbeat_interval_ms: 30_000 };
const CONNECT = { tokens: ['a token'], spaces: ['notes'] };

/** Plays a script with a client. Rejects at the first step that is not as it should be, naming it. */
export async function play(script: Script, driver: Driver): Promise<void> {
  const server = await ScriptedServer.start();
  const scene = new Scene(server, driver);
  try {
    for (const [index, step] of script.steps.entries()) {
      try {
        await scene.take(step);
        if (server.violation !== undefined) throw new Error(server.violation);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`step ${index + 1}, ${JSON.stringify(step).slice(0, 120)}: ${why}`);
      }
    }
  } finally {
    await bounded(driver.call('close', {})).catch(() => undefined);
    server.stop();
  }
}

/** A client and a server in the middle of a script. */
class Scene {
  readonly #server: ScriptedServer;
  readonly #driver: Driver;
  readonly #names: Names = new Map();
  readonly #results = new Map<string, Promise<Answer>>();
  #stream: ScriptedStream | undefined;
  #spaces: readonly string[] = [];

  constructor(server: ScriptedServer, driver: Driver) {
    this.#server = server;
    this.#driver = driver;
  }

  async take(step: Step): Promise<void> {
    if ('begin' in step) return this.#begin(step.begin, step.with ?? {});
    if ('call' in step) return this.#call(step);
    if ('result' in step) return this.#result(step);
    if ('accept' in step) return this.#accept(step);
    if ('receive' in step) return this.#receive(step.receive);
    if ('acknowledged' in step) return this.#open.acknowledged(Number(this.#named(step.acknowledged)));
    if ('barrier' in step) return this.#open.barrier();
    if ('no_stream_ms' in step) return this.#noStream(step.no_stream_ms);
    if ('welcome' in step) this.#welcome(step.welcome);
    else if ('send' in step) this.#send(step.send, step.as);
    else if ('nothing' in step) this.#nothing(step.nothing);
    else if ('cut' in step) this.#cut(step.cut);
    else this.#open.echo = step.echo;
  }

  get #open(): ScriptedStream {
    if (this.#stream === undefined) throw new Error('there is no stream: accept comes first');
    return this.#stream;
  }

  /** The usual beginning: a client connects, and is live. */
  async #begin(welcome: Fields, options: Fields): Promise<void> {
    const connected = this.#told('connect', options);
    await this.#accept({ accept: {} });
    this.#welcome(welcome);
    check({}, await bounded(connected), this.#names);
  }

  async #call(step: Extract<Step, { call: string }>): Promise<void> {
    const { call, with: options = {}, as, until } = step;
    if (until !== undefined) {
      let why: string | null = null;
      await eventually(
        async () => {
          why = complaintOf({ gives: until }, await this.#told(call, options), this.#names);
          return why === null ? true : undefined;
        },
        () => why ?? '',
      );
      return;
    }
    const answer = this.#told(call, options);
    if (as === undefined) {
      check(step, await bounded(answer), this.#names);
      return;
    }
    this.#results.set(as, answer);
  }

  async #result(step: Extract<Step, { result: string }>): Promise<void> {
    const answer = this.#results.get(step.result);
    if (answer === undefined) throw new Error(`no call is called ${step.result}`);
    check(step, await bounded(answer), this.#names);
  }

  #told(call: string, options: Fields): Promise<Answer> {
    // Objects stay objects.
    const given = made(options, this.#names) as Record<string, unknown>;
    const args = call === 'connect' ? { endpoint: this.#server.endpoint, ...CONNECT, ...given } : given;
    const answer = this.#driver.call(call, args);
    // Whoever waits for it hears of it; after a step that failed nobody does.
    answer.catch(() => undefined);
    return answer;
  }

  async #accept(step: Extract<Step, { accept: Fields }>): Promise<void> {
    const before = this.#stream;
    const stream = (this.#stream = await this.#server.accept());
    const waited = performance.now() - (before?.endedAt ?? -Infinity);
    if (waited < (step.not_before_ms ?? 0)) throw new Error(`the client came back after ${waited} ms`);
    if (step.token !== undefined && stream.token !== step.token)
      throw new Error(`the token is ${stream.token} instead of ${step.token}`);
    const { hello } = await stream.receive('hello', step.accept, this.#names);
    this.#spaces = hello?.spaces ?? [];
  }

  #welcome(welcome: Fields): void {
    const verdicts = this.#spaces.map((space) => ({ space, verdict: 'VERDICT_RESUME' }));
    // Objects stay objects.
    const more = made(welcome, this.#names) as Fields;
    this.#open.send([{ welcome: { ...WELCOME, verdicts, server_time_ms: Date.now(), ...more } }]);
  }

  #send(events: readonly Json[], as?: string): void {
    // Lists of objects stay that.
    const delivery = this.#open.send(made([...events], this.#names) as WireEvent[]);
    if (as !== undefined) this.#names.set(as, delivery);
  }

  async #receive(expected: Fields): Promise<void> {
    for (const [kind, fields] of Object.entries(expected))
      await this.#open.receive(kind, fields, this.#names);
  }

  #nothing(kind: string): void {
    const [one] = this.#open.unexpected(kind);
    if (one !== undefined) throw new Error(`the client sent a ${kind}: ${JSON.stringify(one[kind])}`);
  }

  #cut({ code, retry_after_ms: retryAfterMs }: Extract<Step, { cut: object }>['cut']): void {
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#open.cut(code && new ForesyncError(code, 'as the script says', details));
  }

  async #noStream(ms: number): Promise<void> {
    const before = this.#server.opened;
    await sleep(ms);
    if (this.#server.opened > before) throw new Error('the client opened another stream');
  }

  #named(name: string): unknown {
    return made({ $is: name }, this.#names);
  }
}

type Fields = Record<string, Json>;
interface Expected {
  readonly gives?: Fields | undefined;
  readonly fails?: string | undefined;
}

function check(expected: Expected, answer: Answer, names: Names): void {
  const complaint = complaintOf(expected, answer, names);
  if (complaint !== null) throw new Error(complaint);
}

function complaintOf({ gives = {}, fails }: Expected, answer: Answer, names: Names): string | null {
  if ('fails' in answer)
    return answer.fails === fails ? null : `it failed with ${answer.fails}: ${answer.message}`;
  return fails === undefined ? mismatch(gives, answer.gives, names) : `it did not fail with ${fails}`;
}

async function bounded(answer: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController();
  const late = sleep(PATIENCE_MS, 'late' as const, { signal: answered.signal }).catch(() => 'late' as const);
  const first = await Promise.race([answer, late]).finally(() => answered.abort());
  if (first === 'late') throw new Error('the client did not answer');
  return first;
}
