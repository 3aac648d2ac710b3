import { traceInvalid } from '../trace-invalid.js';
import { gitText } from './git-log.js';
import { gitOutput, gitTokens } from './git-process.js';

/** A regular file of HEAD. */
export interface GitFile {
  readonly path: string;
  readonly blob: string;
  readonly sizeBytes: number;
}

/** The regular files of HEAD (no links, no submodules), in git's order. */
export async function* gitFiles(repository: string): AsyncGenerator<GitFile> {
  for await (const token of gitTokens(repository, ['ls-tree', '-r', '-z', '-l', '--full-tree', 'HEAD'])) {
    const tab = token.indexOf(9);
    const [mode = '', , blob = '', size = ''] = token.subarray(0, tab).toString('latin1').split(/ +/);
    if (mode.startsWith('100'))
      yield { path: gitText(token.subarray(tab + 1)), blob, sizeBytes: Number(size) };
  }
}

/** Sizes of blobs by their object ids; those that the repository lacks (a partial clone) are absent. */
export async function gitSizes(
  repository: string,
  blobs: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'];
  let rest = '';
  for await (const chunk of gitOutput(repository, args, lines(blobs))) {
    const text = (rest + chunk.toString('latin1')).split('\n');
    rest = text.pop() ?? '';
    for (const line of text) {
      const [blob = '', type, size] = line.split(' ');
      if (type === 'blob') sizes.set(blob, Number(size));
    }
  }
  return sizes;
}

/** Contents of blobs in the order of their ids, one in memory at a time; null for one that the repository lacks. */
export async function* gitContents(
  repository: string,
  blobs: readonly string[],
): AsyncGenerator<Buffer | null> {
  const reader = new ByteReader(gitOutput(repository, ['cat-file', '--batch'], lines(blobs)), repository);
  for (const _blob of blobs) {
    const [, type, size] = (await reader.line()).split(' ');
    if (type === 'missing') yield null;
    else {
      const content = await reader.bytes(Number(size));
      await reader.bytes(1); // the line feed after the content
      yield content;
    }
  }
}

function* lines(blobs: Iterable<string>): Generator<string> {
  for (const blob of blobs) yield `${blob}\n`;
}

/** Reads lines and byte counts off a stream of chunks. */
class ByteReader {
  readonly #chunks: AsyncGenerator<Buffer, void>;
  readonly #repository: string;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncGenerator<Buffer, void>, repository: string) {
    this.#chunks = chunks;
    this.#repository = repository;
  }

  async line(): Promise<string> {
    let end = this.#buffer.indexOf(10);
    while (end < 0) {
      await this.#more();
      end = this.#buffer.indexOf(10);
    }
    return this.#take(end + 1)
      .toString('latin1')
      .trimEnd();
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await this.#more();
    return this.#take(count);
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      throw traceInvalid({ file: this.#repository, line: 0 }, 'git cat-file ended too early');
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
  }
}
