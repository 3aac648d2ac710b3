/** A session's link, whatever goes over it. */
export interface Link<Frame, Sent> {
  readonly frames: AsyncIterable<Frame>;
  send(sent: Sent): Promise<void>;
  finish(): void;
  cancel(): void;
}

/** What lies between. */
export interface Way {
  /** When what sets out now is on the other side, as `performance.now()` will say it. */
  arrival(): number;
  /** Resolves on the other side; rejects where there is no way. */
  cross(): Promise<void>;
  /** Aborted when everything on the way is lost. */
  readonly cut: AbortSignal;
}

/** A session's link whose frames have their way to go, in both directions and in order. */
export class FarLink<Frame, Sent> implements Link<Frame, Sent> {
  readonly #way: Way;
  readonly #link: Promise<Link<Frame, Sent>>;
  readonly #arrived: ReadableStream<Frame>;

  constructor(way: Way, open: () => Link<Frame, Sent>) {
    this.#way = way;
    this.#link = way.cross().then(open);
    this.#arrived = new ReadableStream<Frame>({ start: (arrived) => void this.#carry(arrived) });
  }

  get frames(): AsyncIterable<Frame> {
    return read(this.#arrived);
  }

  async send(sent: Sent): Promise<void> {
    try {
      const link = await this.#link;
      await this.#way.cross();
      await link.send(sent);
      await this.#way.cross();
    } catch {
      // There is nobody to send to any more; who reads the frames hears why.
    }
  }

  finish(): void {
    void this.#link.then(
      (link) => link.finish(),
      () => undefined,
    );
  }

  cancel(): void {
    void this.#link.then(
      (link) => link.cancel(),
      () => undefined,
    );
  }

  /** Each frame arrives its time after it was sent, however slowly those before are read. */
  async #carry(arrived: ReadableStreamDefaultController<Frame>): Promise<void> {
    const { cut } = this.#way;
    let last: Promise<void> = Promise.resolve();
    const later = (arrive: () => void): void => {
      const time = this.#way.arrival();
      last = last.then(() => until(time)).then(() => (cut.aborted ? undefined : arrive()));
    };
    const fail = (): void => {
      arrived.error(cut.reason);
      this.cancel();
    };
    cut.addEventListener('abort', fail, { once: true });
    try {
      const link = await this.#link;
      for await (const frame of link.frames) later(() => arrived.enqueue(frame));
      later(() => arrived.close());
    } catch (error) {
      later(() => arrived.error(error));
    }
    await last;
    cut.removeEventListener('abort', fail);
  }
}

/** Resolves at a time of `performance.now()`; at once if it is past. */
export async function until(timeMs: number): Promise<void> {
  const leftMs = timeMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

/** Not every browser reads a stream by itself. */
async function* read<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
