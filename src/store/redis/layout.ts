import { ForesyncError } from '../../domain/errors.js';
import { unfinishedFailure } from '../failures.js';
import type { Keys } from './keys.js';
import { textOf } from './replies.js';
import type { Router } from './router.js';
import { script } from './script.js';

/** Of keys and values; a store of another layout is refused. */
export const LAYOUT = 2;

/**
 *   KEYS  layout
 *   ARGV  boot, layout and partitions
 *   reply what the store has: the first one decides
 */
export const CHECK_LAYOUT = script(
  'check-layout',
  'writes',
  `
redis.call('SETNX', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
`,
);

/** What the layout key says: layout, partitions, and of a copy whether it is being made or was. */
export interface Layout {
  readonly layout: number;
  readonly partitions: number;
  readonly state: 'made' | 'copying' | 'copied';
}

export function readLayout(word: string): Layout {
  const [layout, partitions, state = ''] = word.split(' ');
  return {
    layout: Number(layout),
    partitions: Number(partitions),
    state: state === 'copying' || state === 'copied' ? state : 'made',
  };
}

export function layoutWord(partitions: number, state: 'copying' | 'copied'): string {
  return `${LAYOUT} ${partitions} ${state}`;
}

/**
 * Fixes layout and partitions of a new store, and refuses another's. `isCopied`: see CopiedMarks. Throws CONFIG_INVALID,
 * COPY_UNFINISHED, STORE_UNAVAILABLE.
 */
export async function checkLayout(
  router: Router,
  keys: Keys,
  partitions: number,
): Promise<{ readonly isCopied: boolean }> {
  const wanted = `${LAYOUT} ${partitions}`;
  const found = textOf(
    (await router.run({ script: CHECK_LAYOUT, keys: [keys.layout], args: [wanted] })).reply,
  );
  const { layout, partitions: count, state } = readLayout(found);
  mustBeReadable(layout);
  if (state === 'copying') throw unfinishedFailure();
  if (count === partitions) return { isCopied: state === 'copied' };
  const text = `store.partitions is ${partitions}, but the store was made with ${count}: that cannot change`;
  throw new ForesyncError('CONFIG_INVALID', text, {
    field: 'store.partitions',
    facts: { limit: `${count}` },
  });
}

/** Throws CONFIG_INVALID for another layout. */
export function mustBeReadable(layout: number): void {
  if (layout === LAYOUT) return;
  const text = `Redis has a store of layout ${layout}, this version reads ${LAYOUT}`;
  throw new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { layout: `${layout}` } });
}
