import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

/** What a process of the bench can be asked: a name and an argument in, an answer out. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A process of the bench. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >();
  #asked = 0;

  constructor(file: URL, nodeOptions: readonly string[] = []) {
    this.#process = fork(file, [], {
      execArgv: [...nodeOptions],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // What is sent over the channel is of our own making.
    this.#process.on('message', (reply) => this.#answered(reply as Reply));
    this.#process.on('exit', (code) => this.#gone(`a process of the bench ended with ${String(code)}`));
  }

  /** The caller knows what the process answers to this question. */
  ask<T>(name: string, argument: unknown = null): Promise<T> {
    const id = ++this.#asked;
    const question: Question = { id, name, argument };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as T), reject });
      this.#process.send(question);
    });
  }

  end(): void {
    this.#process.removeAllListeners('exit');
    this.#process.kill('SIGKILL');
  }

  #answered({ id, answer, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  #gone(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}

/** Answers questions in this process. */
export function answer(answers: Answers): void {
  process.on('message', (message) => {
    const { id, name, argument } = message as Question;
    void Promise.resolve()
      // Who asks and who answers are written together.
      .then(() => answers[name]?.(argument as never))
      .then((value) => process.send?.({ id, answer: value } satisfies Reply))
      .catch((error: unknown) => process.send?.({ id, error: String(error) } satisfies Reply));
  });
  process.on('disconnect', () => process.exit(0));
}
