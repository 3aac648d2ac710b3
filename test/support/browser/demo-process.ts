import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.js';

/** `npm run demo:web` as a terminal runs it: a group of processes that hears a Ctrl-C together. */
export class DemoProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #folder: string;
  /** It has a group of its own: whatever ends us would leave it running. */
  readonly #orphaned = (): void => void this.#signal('SIGKILL');
  /** What it printed. */
  #said = '';

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#exited = once(child, 'exit');
    process.once('exit', this.#orphaned);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => void (this.#said += text.toString()));
  }

  /** Resolves when it has printed where the page is. */
  static async start(): Promise<DemoProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'demo-'));
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn('npm', ['run', 'demo:web'], {
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const demo = new DemoProcess(child, folder);
    await Promise.race([demo.#printed(), demo.#exited]);
    if (demo.url === '') throw new Error(`the demo ended before it had a page:\n${demo.#said}`);
    return demo;
  }

  get url(): string {
    return /Open (http:\S+)/.exec(this.#said)?.[1] ?? '';
  }

  /** Ctrl-C: ends when everything that was started has ended. Answers which temporary files it left. */
  async interrupt(): Promise<readonly string[]> {
    this.#signal('SIGINT');
    await this.#exited;
    await until(() => !this.#signal(0), 'every process of the demo ends', 10_000);
    // Those of the tools that npm runs are not the demo's.
    return readdirSync(this.#folder).filter((name) => name.startsWith('foresync-'));
  }

  /** Ends it, if it did not end, whatever it does. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#exited;
    process.off('exit', this.#orphaned);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #printed(): Promise<void> {
    while (this.url === '' && this.#child.stdout !== null) await once(this.#child.stdout, 'data');
  }

  /** To every process of the group: whether there is one. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}
