import { ForesyncError } from '../../domain/errors.js';
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

/** Fixes layout and partitions of a new store, and refuses another's. Throws CONFIG_INVALID, STORE_UNAVAILABLE. */
export async function checkLayout(router: Router, keys: Keys, partitions: number): Promise<void> {
  const wanted = `${LAYOUT} ${partitions}`;
  const found = textOf(
    (await router.run({ script: CHECK_LAYOUT, keys: [keys.layout], args: [wanted] })).reply,
  );
  if (found === wanted) return;
  const [layout, count] = found.split(' ');
  if (layout !== `${LAYOUT}`) {
    const text = `Redis has a store of layout ${layout ?? ''}, this version reads ${LAYOUT}`;
    throw new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { layout: layout ?? '' } });
  }
  const text = `store.partitions is ${partitions}, but the store was made with ${count ?? ''}: that cannot change`;
  throw new ForesyncError('CONFIG_INVALID', text, {
    field: 'store.partitions',
    facts: { limit: count ?? '' },
  });
}
