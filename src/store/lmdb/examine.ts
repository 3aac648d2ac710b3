import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ForesyncError } from '../../domain/errors.js';
import type { Finding } from '../../domain/finding.js';
import { failure, ok, warning } from '../../domain/finding.js';
import { LAYOUT, readLayout } from './environment.js';
import { checkDirectory } from './preflight.js';

const GIB = 1024 ** 3;
/** Contents and logs grow with use. */
const ENOUGH_BYTES = GIB;

/** What a server would find in a directory. It is made by nobody here, and read while a server has it open. */
export async function examineDirectory(directory: string): Promise<readonly Finding[]> {
  const exists = await stat(join(directory, 'data.mdb')).then(
    () => true,
    () => false,
  );
  const place = exists ? directory : await nearest(resolve(directory));
  return [exists ? await examineData(directory) : await examineParent(directory, place), await space(place)];
}

async function examineData(directory: string): Promise<Finding> {
  try {
    await checkDirectory(directory);
    const format = await readLayout(directory);
    const layout = format?.layout ?? null;
    if (format?.isUnfinished === true)
      return failure('store', `${directory} has a copy that is not whole`, 'run `foresync store copy` again');
    if (layout === LAYOUT) return ok('store', `${directory} has a store of layout ${layout}`);
    const found = `${directory} has layout ${layout ?? 'none'}, this version reads ${LAYOUT}`;
    return failure('store', found, 'start the version that made it, and copy the store');
  } catch (thrown) {
    const { message } = ForesyncError.from(thrown);
    return failure(
      'store',
      message,
      'let the server’s user read and write the directory, or restore a backup',
    );
  }
}

async function examineParent(directory: string, parent: string): Promise<Finding> {
  try {
    await access(parent, constants.W_OK);
    return ok('store', `${directory} is made at the first start`);
  } catch {
    const advice = 'make it, and let the server’s user write it';
    return failure('store', `${directory} is not there, and ${parent} may not be written`, advice);
  }
}

async function space(place: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(place);
  const found = `${((bavail * bsize) / GIB).toFixed(1)} GiB are free for ${place}`;
  return bavail * bsize >= ENOUGH_BYTES
    ? ok('disk', found)
    : warning('disk', found, 'make room: writes fail when the disk is full');
}

/** The directory, or the one above it that is there. */
async function nearest(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => null);
  return found === null && dirname(directory) !== directory ? nearest(dirname(directory)) : directory;
}
