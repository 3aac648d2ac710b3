import type { ItemId } from '../domain/ids.js';
import { Interner } from './interner.js';

/** Words of one item that count: of longer names the last ones, for the end of a path says most. */
const MOST_WORDS = 16;

/** The words that items' names are made of, by number: paths, file names and titles fall into the same words. */
export class Words {
  readonly #items: Interner<ItemId>;
  readonly #words = new Interner<string>();
  /** By number of item. */
  readonly #of: (readonly number[] | undefined)[] = [];
  /** By number of word: items that have it, those that came to be. */
  readonly #spread: number[] = [];
  /** By number of word. */
  readonly #weights: number[] = [];

  constructor(items: Interner<ItemId>) {
    this.#items = items;
  }

  /** The distinct words of an item; none of an unknown one. */
  of(item: number): readonly number[] {
    if (item < 0) return [];
    const known = this.#of[item];
    if (known !== undefined) return known;
    const words = wordsOf(this.#items.name(item)).map((word) => this.#words.number(word));
    this.#of[item] = words;
    return words;
  }

  /** An item came to be. */
  appeared(item: number): void {
    for (const word of this.of(item)) {
      const spread = (this.#spread[word] ?? 0) + 1;
      this.#spread[word] = spread;
      this.#weights[word] = 1 / (1 + Math.log2(spread));
    }
  }

  /** How much a word tells: the rarer it is, the more. Above 0, at most 1. */
  weight(word: number): number {
    return this.#weights[word] ?? 1;
  }
}

/** `src/httpServer_test.go` → src, http, server, test, go. */
export function wordsOf(name: string): readonly string[] {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return [...new Set(words.reverse())].slice(0, MOST_WORDS);
}
