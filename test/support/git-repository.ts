import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real git repository for a test; names are raw bytes where they are no UTF-8. */
export class GitRepository {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(path: string): Promise<GitRepository> {
    const repository = new GitRepository(path);
    await mkdir(path, { recursive: true });
    await repository.git('init', '-q', '-b', 'main');
    return repository;
  }

  async git(...args: string[]): Promise<string> {
    const blank = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const { stdout } = await run('git', ['-C', this.path, ...args], { env: { ...process.env, ...blank } });
    return stdout;
  }

  /** Takes commits in the language of `git fast-import`: thousands of files in a moment. */
  async fastImport(commits: string): Promise<void> {
    const running = run('git', ['-C', this.path, 'fast-import', '--quiet']);
    running.child.stdin?.end(commits);
    await running;
  }

  async write(name: string | Buffer, content: string | Uint8Array): Promise<void> {
    const file = this.#at(name);
    if (typeof file === 'string') await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async move(from: string, to: string): Promise<void> {
    await mkdir(dirname(join(this.path, to)), { recursive: true });
    await rename(join(this.path, from), join(this.path, to));
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name));
  }

  /** Commits everything as an author (`Name <mail>`) at an author time in seconds. */
  async commit(author: string, timeS: number): Promise<void> {
    await this.git('add', '-A');
    const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(author) ?? [];
    const committer = ['-c', 'user.name=Committer', '-c', 'user.email=committer@example.org'];
    const date = `--date=@${timeS} +0000`;
    await this.git(
      ...committer,
      'commit',
      '-q',
      '--no-verify',
      `--author=${name} <${email}>`,
      date,
      '-m',
      'x',
    );
  }

  #at(name: string | Buffer): string | Buffer {
    return typeof name === 'string'
      ? join(this.path, name)
      : Buffer.concat([Buffer.from(`${this.path}/`), name]);
  }
}
