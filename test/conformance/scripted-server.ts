import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ScriptedStream } from './scripted-stream.js';
import { eventually } from './eventually.js';
import type { WireFrame } from './wire.js';
import { syncMethod } from './wire.js';

const sync = syncMethod();

/** A server on a real socket that does what a script says. It knows no rule of the session. */
export class ScriptedServer {
  readonly #server = new Server();
  readonly #streams: ScriptedStream[] = [];
  #accepted = 0;
  #port = 0;

  static async start(): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    await scripted.#listen();
    return scripted;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Streams that clients opened, accepted or not. */
  get opened(): number {
    return this.#streams.length;
  }

  /** What a client did that no client may do; undefined if nothing. */
  get violation(): string | undefined {
    return this.#streams.find((stream) => stream.violation !== undefined)?.violation;
  }

  /** The next stream that a client opens. Rejects if none comes. */
  async accept(): Promise<ScriptedStream> {
    const stream = await eventually(() => this.#streams[this.#accepted], 'the client never opened a stream');
    this.#accepted++;
    return stream;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #listen(): Promise<void> {
    const handle = (call: ServerDuplexStream<WireFrame, WireFrame>): void => {
      this.#streams.push(new ScriptedStream(call));
    };
    this.#server.register(sync.path, handle, sync.responseSerialize, sync.requestDeserialize, 'bidi');
    return new Promise((done, fail) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        this.#port = port;
        if (error === null) done();
        else fail(error);
      });
    });
  }
}
