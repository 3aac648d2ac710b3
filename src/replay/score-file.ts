import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Policy } from '../domain/engine-port.js';
import { traceInvalid } from './trace-invalid.js';

/** An item that a row does not name is hardly needed at all. */
const UNNAMED = 1e-9;
const NONE = 0xffff_ffff;

/** What meta.json of a folder of scores says; the columns lie beside it as raw little-endian values. */
const metaSchema = z.object({
  format: z.literal(1),
  rows: z.number().int().min(0).max(4_000_000),
  top: z.number().int().min(1).max(4096),
  users: z.array(z.string()),
  items: z.array(z.string()),
});

/**
 * Ranks by scores that somebody else computed for a trace (wasm-model/rivals): for a user and the number of their own last
 * step the likeliest items. A user without a row scores nothing. Throws TRACE_INVALID for a folder that cannot be read.
 */
export async function scoreFilePolicy(name: string, folder: string): Promise<Policy> {
  const scores = await ScoreFile.read(folder);
  return {
    name,
    payment: 'price',
    plans: 'all',
    explain: () => [],
    score: ({ user, context, items }) => {
      const known = scores.after(user, context.steps);
      return Float64Array.from(items, (item) => Math.max(UNNAMED, known.get(item) ?? 0));
    },
  };
}

/** A folder of scores in memory: 8 bytes a score. */
class ScoreFile {
  readonly #rows: ReadonlyMap<string, number>;
  readonly #names: readonly string[];
  readonly #top: number;
  readonly #items: Uint32Array;
  readonly #scores: Float32Array;

  static async read(folder: string): Promise<ScoreFile> {
    const file = join(folder, 'meta.json');
    const parsed = metaSchema.safeParse(await jsonOf(file));
    if (!parsed.success) throw traceInvalid({ file, line: 0 }, parsed.error.issues[0]?.message ?? 'is wrong');
    const { rows, top, users, items } = parsed.data;
    const places = new Uint32Array(await column(folder, 'rows.u32', rows * 2));
    const numbers = new Map<string, number>();
    for (let row = 0; row < rows; row++) {
      numbers.set(keyOf(users[places[2 * row] ?? NONE] ?? '', places[2 * row + 1] ?? 0), row);
    }
    const named = new Uint32Array(await column(folder, 'items.u32', rows * top));
    const scores = new Float32Array(await column(folder, 'scores.f32', rows * top));
    return new ScoreFile({ numbers, items, top, named, scores });
  }

  private constructor(parts: {
    readonly numbers: ReadonlyMap<string, number>;
    readonly items: readonly string[];
    readonly top: number;
    readonly named: Uint32Array;
    readonly scores: Float32Array;
  }) {
    this.#rows = parts.numbers;
    this.#names = parts.items;
    this.#top = parts.top;
    this.#items = parts.named;
    this.#scores = parts.scores;
  }

  /** Scores by item after so many steps of a user; empty if there is no such row. */
  after(user: string, steps: number): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const row = this.#rows.get(keyOf(user, steps));
    if (row === undefined) return found;
    for (let at = row * this.#top; at < (row + 1) * this.#top; at++) {
      const name = this.#names[this.#items[at] ?? NONE];
      if (name !== undefined) found.set(name, this.#scores[at] ?? 0);
    }
    return found;
  }
}

const keyOf = (user: string, step: number): string => `${step} ${user}`;

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw traceInvalid({ file, line: 0 }, 'cannot be read as JSON', undefined, error);
  }
}

/** `count` values of four bytes. */
async function column(folder: string, name: string, count: number): Promise<ArrayBuffer> {
  const file = join(folder, name);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw traceInvalid({ file, line: 0 }, 'cannot be read', undefined, error);
  });
  if (bytes.length !== 4 * count)
    throw traceInvalid({ file, line: 0 }, `has ${bytes.length} bytes, but meta.json implies ${4 * count}`);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}
