import { EMPTY_CONTEXT, type ItemUse, type UserContext } from '../domain/context.js';
import { itemId, type ItemId } from '../domain/ids.js';
import { ByteReader, ByteWriter, corrupt } from './bytes.js';

const VERSION = 1;
const KINDS = ['viewed', 'edited', 'created'] as const;

/** A context as bytes. Each item's id is in them once, the rest refers to it by number. */
export function encodeContext(context: UserContext): Uint8Array {
  const writer = new ByteWriter();
  const ids = new IdTable();
  writer.uint(context.steps);
  writer.uint(context.lastStepMs);
  writer.uint(context.items.length);
  for (const use of context.items) writeUse(writer, ids, use);
  writer.uint(context.recentSteps.length);
  for (const step of context.recentSteps) {
    writer.uint(step.length);
    for (const item of step) writer.uint(ids.of(item));
  }
  writer.uint(context.transitions.size);
  for (const [source, targets] of context.transitions) {
    writer.uint(ids.of(source));
    writer.uint(targets.size);
    for (const [target, count] of targets) {
      writer.uint(ids.of(target));
      writer.float64(count);
    }
  }
  writer.uint(context.queryBuckets.length);
  for (const bucket of context.queryBuckets) writer.uint(bucket);
  writer.text(context.locationCell ?? '');
  writer.uint(0);
  return withTable(ids, writer);
}

/** The context of such bytes; EMPTY_CONTEXT of none. Throws STORE_CORRUPT if they are something else. */
export function decodeContext(bytes: Uint8Array): UserContext {
  if (bytes.length === 0) return EMPTY_CONTEXT;
  const reader = new ByteReader(bytes);
  const version = reader.uint();
  if (version !== VERSION) throw corrupt(`format ${version}, expected ${VERSION}`);
  const ids = listOf(reader, () => itemId(reader.text()));
  const item = (): ItemId => idAt(ids, reader.uint());
  const context: UserContext = {
    steps: reader.uint(),
    lastStepMs: reader.uint(),
    items: listOf(reader, () => readUse(reader, item)),
    recentSteps: listOf(reader, () => listOf(reader, item)),
    transitions: new Map(
      listOf(reader, () => [item(), new Map(listOf(reader, () => [item(), reader.float64()] as const))]),
    ),
    queryBuckets: listOf(reader, () => reader.uint()),
    locationCell: reader.text() || null,
  };
  if (reader.uint() !== 0) skipRecurrent(reader);
  reader.end();
  return context;
}

/** The ids come first, but which there are is known last. */
function withTable(ids: IdTable, rest: ByteWriter): Uint8Array {
  const writer = new ByteWriter();
  writer.uint(VERSION);
  writer.uint(ids.all.length);
  for (const item of ids.all) writer.text(item);
  writer.bytes(rest.finish());
  return writer.finish();
}

function writeUse(writer: ByteWriter, ids: IdTable, use: ItemUse): void {
  writer.uint(ids.of(use.item));
  writer.uint(use.lastMs);
  writer.uint(use.lastStep);
  writer.uint(KINDS.indexOf(use.lastKind));
  writer.uint(use.count);
  writer.float64(use.decayed);
}

function readUse(reader: ByteReader, item: () => ItemId): ItemUse {
  return {
    item: item(),
    lastMs: reader.uint(),
    lastStep: reader.uint(),
    lastKind: kindAt(reader.uint()),
    count: reader.uint(),
    decayed: reader.float64(),
  };
}

/** Contexts could once hold a recurrent state, which now has a record of its own: it is read past. */
function skipRecurrent(reader: ByteReader): void {
  reader.text();
  listOf(reader, () => reader.float64());
}

function listOf<T>(reader: ByteReader, read: () => T): T[] {
  return Array.from({ length: reader.count() }, read);
}

function idAt(ids: readonly ItemId[], index: number): ItemId {
  const item = ids[index];
  if (item === undefined) throw corrupt(`there is no item ${index}`);
  return item;
}

function kindAt(index: number): ItemUse['lastKind'] {
  const kind = KINDS[index];
  if (kind === undefined) throw corrupt(`there is no kind ${index}`);
  return kind;
}

/** Numbers every item that a context names, in order of appearance. */
class IdTable {
  readonly all: ItemId[] = [];
  readonly #numbers = new Map<ItemId, number>();

  of(item: ItemId): number {
    const known = this.#numbers.get(item);
    if (known !== undefined) return known;
    this.#numbers.set(item, this.all.length);
    return this.all.push(item) - 1;
  }
}
