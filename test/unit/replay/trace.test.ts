import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itemId } from '../../../src/domain/ids.js';
import { defaultSize } from '../../../src/replay/sizes.js';
import { loadTrace } from '../../../src/replay/trace.js';
import { scratchFolder } from '../../support/scratch.js';

describe('replay/trace', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => {
    scratch = await scratchFolder();
    await put('meta.json', '{"name":"small","writes":["edit"],"outside":["mail"]}');
    const rows = ['u,a,edit,10', 'u,b,view,10.5', 'v,inbox,mail,11', 'u,b,view,3600', 'v,c,view,80000'];
    await put('events.csv', `user,item,type,time_s\n${rows.join('\n')}\n`);
    await put('items.csv', 'item,size_bytes\na,7\n');
    await put('relations.csv', 'src,dst\na,b\n');
  });
  afterEach(() => scratch.remove());

  const put = (name: string, content: string): Promise<void> => writeFile(join(scratch.path, name), content);

  it('brings the tables together', async () => {
    const trace = await loadTrace(scratch.path);
    assert.equal(trace.name, 'small');
    assert.deepEqual(
      trace.steps.map(({ index, user, timeS, items }) => [index, user, timeS, items.length]),
      [
        [0, 'u', 10, 2],
        [1, 'u', 3600, 1],
        [2, 'v', 80000, 1],
      ],
    );
    assert.deepEqual(
      trace.moments.map(({ kind }) => kind),
      ['step', 'outside', 'step', 'step'],
    );
    assert.deepEqual([...trace.relations], [['a', ['b']]]);
    assert.equal(trace.sizeOf(itemId('a')), 7);
    assert.equal(trace.sizeOf(itemId('b')), defaultSize(itemId('b')));
    assert.equal(trace.sizeOf(itemId('b')), defaultSize(itemId('b')));
  });

  it('shows the last steps alone, and two devices a user', async () => {
    const cut = await loadTrace(scratch.path, { lastSteps: 2, splitDevices: true });
    assert.deepEqual(
      cut.steps.map(({ index, device }) => [index, device]),
      [
        [0, 'a'],
        [1, 'a'],
      ],
    );
    assert.deepEqual(cut.moments, cut.steps);
  });

  it('says where a trace is wrong', async () => {
    await put('events.csv', 'user,item,type,time_s\nu,a,edit,soon\n');
    await assert.rejects(loadTrace(scratch.path), {
      code: 'TRACE_INVALID',
      message: /events\.csv:2: time_s "soon"/,
    });
    await put('events.csv', 'user,item,type,time_s\n');
    await assert.rejects(loadTrace(scratch.path), {
      code: 'TRACE_INVALID',
      message: /events\.csv: there are no steps/,
    });
    await assert.rejects(loadTrace(join(scratch.path, 'gone')), {
      code: 'TRACE_INVALID',
      message: /no such folder/,
    });
  });
});
