import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endsWithUs } from '../../test/support/children.js';
import type { RedisProcess } from '../../test/support/redis/server.js';
import { doneBy } from '../../test/support/redis/done-by.js';
import type { Told } from './level.js';

/** Each level is measured so often; the median counts. */
const TURNS = 9;

export interface Place {
  readonly url: string;
  readonly servers: readonly RedisProcess[];
  stop(): Promise<void>;
}

interface Level {
  readonly place: Place;
  readonly child: ChildProcess;
  readonly users: number;
  readonly bytes: number;
  readonly turns: Turn[];
}

interface Turn {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly commands: number;
}

/**
 * What an update (a batch of one activity, a context of 200 bytes) costs a store that holds 10^3, 10^4, … users, and what a
 * user takes there. Each level is a store and a process of its own; all are filled first and then measured in turns, so that what else the machine
 * does meets all alike. Users are updated evenly, in a space whose feed is full. Processor time is that of the process and of all its servers.
 */
export async function measureGrowth(
  start: () => Promise<Place>,
  users: number,
  seconds: number,
): Promise<Record<string, string | number>[]> {
  const levels: Level[] = [];
  try {
    for (let held = 1000; held <= users; held *= 10) levels.push(await filled(await start(), held));
    for (let turn = 0; turn < TURNS; turn++)
      for (const level of levels) level.turns.push(await measured(level, seconds / TURNS));
  } finally {
    for (const { child, place } of levels) {
      child.kill();
      await place.stop();
    }
  }
  const first = costOf(levels[0]);
  return levels.map((level) => ({
    store: level.place.url.slice(0, level.place.url.indexOf(':')),
    users: level.users,
    'updates a second': Math.round(medianOf(level, ({ perSecond }) => perSecond)),
    'cpu us an update': Number(costOf(level).toFixed(1)),
    'of the first': (costOf(level) / first).toFixed(3),
    commands: level.place.servers.length === 0 ? '' : medianOf(level, (turn) => turn.commands).toFixed(2),
    'bytes a user': Math.round(level.bytes / level.users),
  }));
}

async function filled(place: Place, users: number): Promise<Level> {
  const before = await doneBy(place.servers);
  const child = endsWithUs(
    fork(fileURLToPath(new URL('level.ts', import.meta.url)), [place.url, `${users}`]),
  );
  const { heapBytes } = await told(child);
  const bytes =
    place.servers.length > 0
      ? (await doneBy(place.servers)).bytes - before.bytes
      : place.url.startsWith('lmdb:')
        ? statSync(join(place.url.slice('lmdb:'.length), 'data.mdb')).size
        : heapBytes;
  return { place, child, users, bytes, turns: [] };
}

async function measured({ place, child }: Level, seconds: number): Promise<Turn> {
  const before = await doneBy(place.servers);
  child.send(seconds);
  const one = await told(child);
  const after = await doneBy(place.servers);
  return {
    perSecond: one.updates / one.seconds,
    cpuUs: (one.cpuUs + after.cpuUs - before.cpuUs) / one.updates,
    commands: (after.commands - before.commands) / one.updates,
  };
}

/** What the process says next. Throws if it ends instead. */
async function told(child: ChildProcess): Promise<Told> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const said = once(child, 'message', { signal });
    const gone = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a level ended with ${String(code)}`);
    });
    // `level.ts` sends nothing else.
    const [message] = (await Promise.race([said, gone])) as [Told];
    return message;
  } finally {
    ended.abort();
  }
}

function costOf(level: Level | undefined): number {
  return level === undefined ? 0 : medianOf(level, ({ cpuUs }) => cpuUs);
}

function medianOf({ turns }: Level, of: (turn: Turn) => number): number {
  const sorted = turns.map(of).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
