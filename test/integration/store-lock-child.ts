/** Takes the write lock of an LMDB directory, says so, and keeps it until it is killed. Argument: directory. */
import { writeSync } from 'node:fs';
import { open } from 'lmdb';

const [path = ''] = process.argv.slice(2);
const database = open<Uint8Array, Uint8Array>({
  path,
  noSubdir: false,
  encoding: 'binary',
  keyEncoding: 'binary',
  overlappingSync: false,
});
database.transactionSync(() => {
  database.putSync(Buffer.from('never'), Buffer.from('committed'));
  writeSync(1, 'locked\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
