import type { ForesyncClient } from '@foresync/client/browser';
import { wordsOf } from './words-of.js';

/** A document that is likely to be opened next. */
export interface Forecast {
  readonly item: string;
  /** Probability. */
  readonly score: number;
  /** What there is to say of it: why, for example. */
  readonly notes: readonly string[];
}

/** What a device reckons by itself. */
export interface OwnForecast {
  /** Of what it holds, likeliest first. */
  readonly likely: readonly Forecast[];
  /** What keeps it from that, in words. */
  readonly problem: string | null;
}

const MOST = 5;

/** What a client reckons is opened next, besides what is open. Never rejects. */
export async function ownForecast(
  client: ForesyncClient,
  space: string,
  open: string | undefined,
): Promise<OwnForecast> {
  try {
    const ranked = await client.rank(space, { most: MOST + 1 });
    const others = ranked.filter(({ checkpoint }) => checkpoint.item !== open).slice(0, MOST);
    const likely = others.map(({ checkpoint, score, reasons }) => {
      return { item: checkpoint.item, score, notes: reasons.map(({ text }) => text) };
    });
    return { likely, problem: null };
  } catch (error) {
    return { likely: [], problem: wordsOf(error) };
  }
}
