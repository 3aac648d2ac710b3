import { CHECK_LAYOUT } from './layout.js';
import * as archive from './lua/archive.js';
import * as blob from './lua/blob.js';
import * as forget from './lua/forget.js';
import * as restore from './lua/restore.js';
import * as shard from './lua/shard.js';
import * as space from './lua/space.js';
import * as user from './lua/user.js';
import type { Script } from './script.js';

/** Every script, for a connection to load. */
export const SCRIPTS: readonly Script[] = [
  CHECK_LAYOUT,
  ...[archive, blob, forget, restore, shard, space, user].flatMap((scripts) =>
    Object.values(scripts).filter((value): value is Script => typeof value === 'object'),
  ),
];
