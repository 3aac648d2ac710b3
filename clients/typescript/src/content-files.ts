import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, syncFolder } from './files.js';
import { isHash } from './hex.js';
import { isMissing } from './files.js';

/** Files written side by side at a time. */
const PARALLEL = 4;

/**
 * Contents in a folder, each under its SHA-256: no name that came from outside becomes a path. A file counts only while
 * the journal names it, so that a half-written one does no harm.
 */
export class ContentFiles {
  readonly #folder: string;
  readonly #sync: boolean;
  #made = false;

  constructor(folder: string, sync: boolean) {
    this.#folder = folder;
    this.#sync = sync;
  }

  /** Hashes of the contents that are there. */
  async list(): Promise<Set<string>> {
    try {
      const names = await readdir(this.#folder);
      this.#made = true;
      return new Set(names.filter(isHash));
    } catch (error) {
      if (isMissing(error)) return new Set();
      throw error;
    }
  }

  /** Resolves when all are as safe as they get. */
  async write(contents: readonly (readonly [hash: string, content: Uint8Array])[]): Promise<void> {
    if (contents.length === 0) return;
    if (!this.#made) await mkdir(this.#folder, { recursive: true });
    this.#made = true;
    for (let at = 0; at < contents.length; at += PARALLEL) {
      await Promise.all(
        contents.slice(at, at + PARALLEL).map(([hash, content]) => this.#writeOne(hash, content)),
      );
    }
    if (this.#sync) await syncFolder(this.#folder);
  }

  read(hash: string): Promise<Uint8Array | undefined> {
    return readIfThere(this.#path(hash));
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true });
  }

  async #writeOne(hash: string, content: Uint8Array): Promise<void> {
    const file = await open(this.#path(hash), 'w');
    try {
      await file.writeFile(content);
      if (this.#sync) await file.datasync();
    } finally {
      await file.close();
    }
  }

  #path(hash: string): string {
    return join(this.#folder, hash);
  }
}
