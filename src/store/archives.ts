import type { ArchiveReader, ArchiveWriter } from '../domain/archive-port.js';
import { ForesyncError } from '../domain/errors.js';
import { LmdbArchiveReader } from './lmdb/archive/reader.js';
import { LmdbArchiveWriter } from './lmdb/archive/writer.js';
import type { StoreConfig } from './open.js';
import { schemeOf } from './open.js';
import { storeLimits } from './options.js';
import { RedisArchiveReader } from './redis/archive/reader.js';
import { RedisArchiveWriter } from './redis/archive/writer.js';

type ArchiveConfig = Pick<StoreConfig, 'url' | 'limits' | 'redis'>;

/** Opens a store to read all of it. Throws CONFIG_INVALID, COPY_UNFINISHED, STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function openArchive({ url, limits = {}, redis = {} }: ArchiveConfig): Promise<ArchiveReader> {
  const [scheme, place] = schemeOf(url);
  switch (scheme) {
    case 'memory':
      throw forgetful('from');
    case 'lmdb':
      return LmdbArchiveReader.open(place, storeLimits(limits));
    case 'redis':
      return RedisArchiveReader.open(url, storeLimits(limits), redis);
  }
}

/** Opens or makes a place for a copy. Throws as `openArchive`. */
export async function openCopy({ url, limits = {}, redis = {} }: ArchiveConfig): Promise<ArchiveWriter> {
  const [scheme, place] = schemeOf(url);
  switch (scheme) {
    case 'memory':
      throw forgetful('to');
    case 'lmdb':
      return LmdbArchiveWriter.open(place, storeLimits(limits));
    case 'redis':
      return RedisArchiveWriter.open(url, storeLimits(limits), redis);
  }
}

function forgetful(field: string): ForesyncError {
  const text = `${field} is memory:, which ends with its process: it can neither be copied nor hold a copy`;
  return new ForesyncError('CONFIG_INVALID', text, { field });
}
