import assert from 'node:assert/strict';
import type { ArchiveRecord } from '../../../../src/domain/archive-port.js';
import { deviceId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import { mustBeSame } from '../../../../src/store/archive/compare.js';
import { Tally } from '../../../../src/store/archive/tally.js';

const user = pseudonym('a'.repeat(32));
const RECORDS: readonly ArchiveRecord[] = [
  { kind: 'sequence', user, device: deviceId('phone'), sequence: 3 },
  { kind: 'sequence', user, device: deviceId('laptop'), sequence: 4 },
  { kind: 'context', user, space: spaceId('team'), version: 1, bytes: Buffer.from('context') },
];

function sectionsOf(records: readonly ArchiveRecord[]): ReturnType<Tally['sections']> {
  const tally = new Tally();
  for (const record of records) tally.add(record);
  return tally.sections();
}

describe('store/archive: comparing', () => {
  it('takes the same records for the same, in any order, of fields too', () => {
    const turned = [...RECORDS]
      .reverse()
      // The same fields.
      .map((record) => Object.fromEntries(Object.entries(record).reverse()) as ArchiveRecord);
    mustBeSame(sectionsOf(RECORDS), sectionsOf(turned));
    assert.equal(sectionsOf(RECORDS).get('sequence')?.records, 2);
  });

  it('names the section in which a byte, a record or all differs', () => {
    const [first, second, third] = RECORDS as [ArchiveRecord, ArchiveRecord, ArchiveRecord];
    const changed = { ...third, bytes: Buffer.from('contexT') } as ArchiveRecord;
    const differs =
      (records: readonly ArchiveRecord[]): (() => void) =>
      () =>
        mustBeSame(sectionsOf(RECORDS), sectionsOf(records));
    assert.throws(differs([first, second, changed]), /COPY_MISMATCH.* context \(1 and 1 records\)/);
    assert.throws(differs([first, third]), /COPY_MISMATCH.* sequence \(2 and 1 records\)/);
    assert.throws(differs([first, first, third]), /COPY_MISMATCH.* sequence \(2 and 2 records\)/);
    assert.throws(differs([]), /sequence \(2 and 0 records\), context \(1 and 0 records\)/);
  });
});
