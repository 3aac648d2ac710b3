import { randomBytes } from 'node:crypto';
import { UNOBSERVED } from '../../observer.js';
import type { Access } from '../access.js';
import { openAccess } from '../access.js';
import { Keys } from '../keys.js';
import type { Layout } from '../layout.js';
import { mustBeReadable, readLayout } from '../layout.js';
import { READ_LAYOUT } from '../lua/archive.js';
import { textOf } from '../replies.js';
import type { RedisSettings } from '../settings.js';

/**
 * What `make` makes of a way to a deployment, whose connections are known as this process', and of the layout of the store
 * there, if there is one.
 */
export async function openForCopy<T>(
  url: string,
  given: Partial<RedisSettings>,
  make: (access: Access, layout: Layout | null) => T,
): Promise<T> {
  const name = `foresync-copy-${randomBytes(8).toString('hex')}`;
  const access = await openAccess(url, { randomBytes }, given, UNOBSERVED, name);
  try {
    const layout = await layoutOf(access);
    if (layout !== null) mustBeReadable(layout.layout);
    return make(access, layout);
  } catch (thrown) {
    await access.close();
    throw thrown;
  }
}

async function layoutOf({ router }: Access): Promise<Layout | null> {
  const call = { script: READ_LAYOUT, keys: [new Keys(1).layout] as const, args: [] };
  const { reply } = await router.run(call);
  return reply === null ? null : readLayout(textOf(reply));
}
