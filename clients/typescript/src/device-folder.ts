import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ForesyncClientError } from './errors.js';
import { isMissing, readIfThere } from './files.js';

/** Folders that clients of this process use. */
const inUse = new Set<string>();

/**
 * The folder of one device, for one client at a time. Made and claimed when there is something to keep. A claim dies with
 * its process, however that ends.
 */
export class DeviceFolder {
  readonly path: string;
  #claim: Promise<void> | undefined;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Claims the folder if it exists; says whether it does. Throws BUFFER_IN_USE. */
  async claimIfThere(): Promise<boolean> {
    try {
      await stat(this.path);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await this.claim();
    return true;
  }

  /** Makes the folder if need be, and claims it. Throws BUFFER_IN_USE. */
  async claim(): Promise<void> {
    this.#claim ??= this.#claimOnce();
    try {
      await this.#claim;
    } catch (error) {
      this.#claim = undefined;
      throw error;
    }
  }

  /** Gives the folder up, for all who share this object. */
  async release(): Promise<void> {
    const claim = this.#claim;
    this.#claim = undefined;
    if (claim === undefined) return;
    await claim;
    inUse.delete(this.path);
    await rm(this.#lock, { force: true });
  }

  get #lock(): string {
    return join(this.path, 'lock');
  }

  async #claimOnce(): Promise<void> {
    if (inUse.has(this.path)) throw this.#taken('another client of this process');
    inUse.add(this.path);
    try {
      await mkdir(this.path, { recursive: true });
      if (!(await this.#writeLock())) await this.#takeOver();
    } catch (error) {
      inUse.delete(this.path);
      throw error;
    }
  }

  /** The lock was there: of a process that lives, or of one that did. */
  async #takeOver(): Promise<void> {
    const holder = new TextDecoder().decode(await readIfThere(this.#lock));
    if (await lives(holder)) throw this.#taken(`process ${holder}`);
    await rm(this.#lock, { force: true });
    if (!(await this.#writeLock())) throw this.#taken('another process, just now');
  }

  async #writeLock(): Promise<boolean> {
    try {
      const file = await open(this.#lock, 'wx');
      try {
        await file.writeFile(await processName(process.pid));
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }

  #taken(by: string): ForesyncClientError {
    return new ForesyncClientError('BUFFER_IN_USE', `${this.path} is used by ${by}`, {
      field: 'buffer.directory',
    });
  }
}

/** A process by its number and, where the system tells (Linux), when it started: numbers are given again. */
async function processName(pid: number): Promise<string> {
  return `${pid} ${await startOf(pid)}`;
}

async function lives(holder: string): Promise<boolean> {
  const pid = Number(holder.split(' ')[0]);
  // This process does not hold it: `inUse` would say so.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return holder === (await processName(pid));
}

async function startOf(pid: number): Promise<string> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
    return fields[19] ?? '';
  } catch {
    return '';
  }
}
