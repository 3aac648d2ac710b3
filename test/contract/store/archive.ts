import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ArchivePart } from '../../../src/domain/archive-port.js';
import { ARCHIVE_PARTS } from '../../../src/domain/archive-port.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import type { Pseudonym } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { CopyReport } from '../../../src/store/archive/copy.js';
import { copyArchive } from '../../../src/store/archive/copy.js';
import { openArchive, openCopy } from '../../../src/store/archives.js';
import { openStore } from '../../../src/store/open.js';
import { countOf } from '../../../src/store/count-of.js';
import { forgottenMark } from '../../../src/util/forgotten-mark.js';
import { fillStore } from '../../support/filled-store.js';
import { scratchFolder } from '../../support/scratch.js';
import { auditBlobs } from '../../support/store-audit.js';
import { answersOf } from '../../support/store-answers.js';
import type { Adapter } from './harness.js';
import { ANN, commit, makeSpace, ManualClock, PHONE, SPACE } from './harness.js';

/** A store that is copied to another engine and back answers as before. */
export function archiveSuite(adapter: Adapter): void {
  describe('archive', () => {
    it('copied to a directory and back, it answers as before and goes on', () =>
      withCopies(adapter, LIMITS, async (world) => {
        const first = await world.filled();
        const there = await world.copy(world.url, world.between);
        const back = await world.copy(world.between, await world.emptied());
        assert.deepEqual(back.sections, there.sections);
        const store = await world.open(world.url);
        try {
          assert.deepEqual(await answersOf(store, first.known), first.answers);
          const [space] = first.known.spaces as [(typeof first.known.spaces)[0]];
          const [user, , , gone] = first.known.users as [...typeof first.known.users];
          const [device] = first.known.devices;
          assert.ok(user !== undefined && gone !== undefined && device !== undefined);
          const { high } = await store.spaces.readFeed(space, 0, 1);
          const sequence = (await store.users.sequence(user, device)) + 1;
          const { version } = await store.users.context(user, space);
          const batch = { space, sequence, activities: [] };
          const context = { expectedVersion: version, bytes: Buffer.from('next') };
          assert.equal((await store.users.apply(user, device, batch, context)).kind, 'applied');
          assert.equal((await store.users.apply(user, device, batch, context)).kind, 'duplicate');
          const { entries } = await store.spaces.readFeed(space, high, 10);
          assert.deepEqual(
            entries.map((entry) => [entry.offset, entry.batch.sequence]),
            [[high + 1, sequence]],
          );
          const late = { ...batch, sequence: 1 };
          const again = store.users.apply(gone, device, late, { expectedVersion: 0, bytes: Buffer.from('') });
          await assert.rejects(again, { code: 'FORGOTTEN' });
        } finally {
          await store.close();
        }
      }));

    it('counts references: a content goes when its last head is gone', () =>
      withCopies(adapter, LIMITS, async (world) => {
        const { known } = await world.filled();
        await world.copy(world.url, world.between);
        await auditBlobs(world.between.slice('lmdb:'.length));
        await world.copy(world.between, await world.emptied());
        const store = await world.open(world.url);
        try {
          const waiting = known.hashes.at(-1);
          assert.ok(waiting !== undefined);
          assert.equal(await store.blobs.has(waiting), true);
          world.clock.ms += LIMITS.blobGraceMs + 1;
          assert.equal(await store.blobs.has(waiting), false);
          for (const space of known.spaces)
            for (const { dataHash, item } of await store.spaces.list(space, '', '', 100)) {
              assert.ok(dataHash !== null && (await store.blobs.has(dataHash)));
              const gone = { dataHash: null, sizeBytes: 0, timestampMs: 0, edges: [] };
              const more = { writer: null, audience: [], condition: { kind: 'always' as const } };
              await store.spaces.commit({ space, item, ...gone, ...more });
            }
          world.clock.ms += LIMITS.blobGraceMs + 1;
          for (const hash of known.hashes) assert.equal(await store.blobs.has(hash), false);
        } finally {
          await store.close();
        }
      }));

    it('lists the same from any place on', () =>
      withCopies(adapter, LIMITS, async (world) => {
        await world.filled();
        const archive = await openArchive({ url: world.url, limits: LIMITS });
        try {
          for (const part of ARCHIVE_PARTS) await resumable(archive, part, world.clock.ms);
        } finally {
          await archive.close();
        }
      }));

    it('copies what takes several reads: a log, a list of items, a user, a feed', () =>
      withCopies(adapter, { ...LIMITS, logRetention: 600 }, async (world) => {
        const store = await world.open(world.url);
        await makeSpace(store);
        await commit(store, 'item 0', 'content');
        const rest = Array.from({ length: 599 }, (_, index) => `item ${index + 1}`);
        await Promise.all(rest.map((name) => commit(store, name, 'content')));
        for (let version = 0; version < 260; version++) {
          const batch = { space: SPACE, sequence: version + 1, activities: [] };
          await store.users.apply(ANN, PHONE, batch, { expectedVersion: version, bytes: Buffer.from('c') });
        }
        await store.close();
        const { sections } = await world.copy(world.url, world.between);
        const counted = (['change', 'head', 'activity', 'fed'] as const).map(
          (section) => sections.get(section)?.records,
        );
        assert.deepEqual(counted, [600, 600, 260, 260]);
      }));

    it('goes on with a copy that was cut off, which no server opens meanwhile', () =>
      withCopies(adapter, LIMITS, async (world) => {
        await world.filled();
        await world.copy(world.url, world.between);
        const to = await world.emptied();
        for (const part of ARCHIVE_PARTS) {
          const cut = new AbortController();
          const stopped = world.copy(world.between, to, cut, (at) => at === part && cut.abort());
          await assert.rejects(stopped, { code: 'COPY_UNFINISHED' });
          await assert.rejects(world.open(to), { code: 'COPY_UNFINISHED' });
          await assert.rejects(openArchive({ url: to }), { code: 'COPY_UNFINISHED' });
        }
        assert.equal((await world.copy(world.between, to)).resumed, true);
        await (await world.open(to)).close();
      }));

    it('takes along forgettings that were cut off: they are finished where the users come back, and nothing of them does', () =>
      withCopies(adapter, LIMITS, async (world) => {
        const { known } = await world.filled();
        const [device] = known.devices;
        assert.ok(device !== undefined);
        const [comes, isForgotten, other] = known.users as [Pseudonym, Pseudonym, Pseudonym];
        const source = await world.open(world.url);
        for (const user of [comes, isForgotten]) {
          const cut = source.users.forget(user, () => Promise.reject(new Error('cut off')));
          await assert.rejects(cut, /cut off/);
          assert.ok((await recordsOf(source, user)) > 0);
        }
        const others = await recordsOf(source, other);
        await source.close();
        await world.copy(world.url, world.between);
        await world.copy(world.between, await world.emptied());
        for (const url of [world.url, world.between]) {
          const store = await world.open(url);
          try {
            await store.users.forget(isForgotten);
            for (const user of [comes, isForgotten]) {
              const { era } = await store.users.meet(user);
              assert.ok(era > 0);
              assert.equal(await recordsOf(store, user), 0);
              for (const space of known.spaces) {
                const { entries, forgotten } = await store.spaces.readFeed(space, 0, 1000);
                assert.ok(entries.every((entry) => entry.user !== user));
                assert.ok(forgotten.some(({ mark }) => mark === forgottenMark(user)));
                const late = { space, sequence: 1, activities: [] };
                const context = { expectedVersion: 0, bytes: Buffer.from('late') };
                const applying = store.users.apply(user, device, late, context);
                await assert.rejects(applying, { code: 'FORGOTTEN' });
              }
            }
            assert.equal(await recordsOf(store, other), others);
          } finally {
            await store.close();
          }
        }
      }));

    it('takes no place where something else is', () =>
      withCopies(adapter, LIMITS, async (world) => {
        await world.filled();
        await world.copy(world.url, world.between);
        await assert.rejects(world.copy(world.between, world.url), { code: 'COPY_REFUSED' });
        const cut = new AbortController();
        const to = await world.emptied();
        await assert.rejects(
          world.copy(world.between, to, cut, () => cut.abort()),
          { code: 'COPY_UNFINISHED' },
        );
        const other = await world.open(world.between);
        await other.spaces.ensure('another' as never, 1);
        await other.close();
        await assert.rejects(world.copy(world.between, to), { code: 'COPY_REFUSED' });
      }));
  });
}

function recordsOf(store: Store, user: Pseudonym): Promise<number> {
  return countOf(store.users.records(user));
}

const LIMITS = { logRetention: 9, blobGraceMs: 60_000 };

interface World {
  /** Where the adapter keeps its store. */
  readonly url: string;
  /** A directory of LMDB. */
  readonly between: string;
  readonly clock: ManualClock;
  open(url: string): ReturnType<typeof openStore>;
  /** Fills the adapter's store and closes it. */
  filled(): Promise<{ readonly known: Awaited<ReturnType<typeof fillStore>>; readonly answers: unknown }>;
  /** The adapter's place, empty again. */
  emptied(): Promise<string>;
  copy(
    from: string,
    to: string,
    cut?: AbortController,
    onPart?: (part: ArchivePart) => void,
  ): Promise<CopyReport>;
}

async function withCopies(
  adapter: Adapter,
  limits: typeof LIMITS,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const folder = await scratchFolder();
  const clock = new ManualClock();
  let place = await adapter.place();
  const places = [place];
  const open = (url: string): ReturnType<typeof openStore> =>
    openStore({ url, limits }, { clock, randomBytes });
  const world: World = {
    get url() {
      return place.url ?? '';
    },
    between: `lmdb:${folder.path}/between`,
    clock,
    open,
    filled: async () => {
      const store = await open(place.url ?? '');
      const known = await fillStore(store);
      const answers = await answersOf(store, known);
      await store.close();
      return { known, answers };
    },
    emptied: async () => {
      place = await adapter.place();
      places.push(place);
      return place.url ?? '';
    },
    copy: async (from, to, cut = new AbortController(), onPart = () => undefined) => {
      const source = await openArchive({ url: from, limits });
      const target = await openCopy({ url: to, limits }).catch(async (thrown: unknown) => {
        await source.close();
        throw ForesyncError.from(thrown);
      });
      const options = { now: () => clock.ms, signal: cut.signal };
      try {
        return await copyArchive(source, target, { ...options, onProgress: ({ part }) => onPart(part) });
      } finally {
        await target.close();
        await source.close();
      }
    },
  };
  try {
    await test(world);
  } finally {
    for (const each of places) await each.remove();
    await folder.remove();
  }
}

/** Every page of a part begun anew after each of its pages. */
async function resumable(
  archive: Awaited<ReturnType<typeof openArchive>>,
  part: ArchivePart,
  asOfMs: number,
): Promise<void> {
  const read = async (after: string): Promise<{ after: string; records: readonly string[] }[]> => {
    const pages = [];
    for await (const page of archive.read(part, after, asOfMs))
      pages.push({ after: page.after, records: page.records.map((record) => JSON.stringify(record)) });
    return pages;
  };
  const whole = await read('');
  for (const [index, { after }] of whole.entries()) {
    const left = (pages: typeof whole): readonly string[] => pages.flatMap(({ records }) => records);
    assert.deepEqual(left(await read(after)), left(whole.slice(index + 1)), `${part} after page ${index}`);
  }
}
