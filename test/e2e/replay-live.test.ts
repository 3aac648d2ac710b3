import assert from 'node:assert/strict';
import { itemId, userId } from '../../src/domain/ids.js';
import { replayLive } from '../../src/replay/live/live.js';
import { MAX_LIVE_DEVICES } from '../../src/replay/live/live-fleet.js';
import { loadTrace } from '../../src/replay/trace.js';
import type { Trace, TraceMoment } from '../../src/replay/trace-types.js';
import { foresync } from '../support/cli.js';
import { smallTraceFolder } from '../support/small-trace.js';

const meta = { name: 'made', licence: '', train: false, writes: [], creates: [], outside: [] };

function traceOf(moments: readonly TraceMoment[]): Trace {
  const steps = moments.filter((moment) => moment.kind === 'step');
  return { name: 'made', meta, steps, moments, relations: new Map(), sizeOf: () => 10 };
}

function stepsOf(users: number): TraceMoment[] {
  return Array.from({ length: users }, (_, index) => {
    const items = [{ item: itemId('i'), created: false, written: false }];
    return { kind: 'step', index, user: userId(`u${index}`), device: null, timeS: index, items } as const;
  });
}

describe('foresync replay over gRPC', function () {
  this.timeout(60_000);
  let scratch: Awaited<ReturnType<typeof smallTraceFolder>>;
  let folder: string;
  before(async () => {
    scratch = await smallTraceFolder(60);
    folder = scratch.trace;
  });
  after(() => scratch.remove());

  it('is what the command does unless it is told otherwise, and measures the wire', async () => {
    const { code, out, err } = await foresync('replay', folder, '--policies', 'none,recent', '--json', '-');
    assert.equal(code, 0, err);
    const { policies } = JSON.parse(out) as {
      policies: Record<string, { opens: number; wire_bytes: number }>;
    };
    assert.ok((policies['none']?.wire_bytes ?? 0) > 0);
    assert.ok((policies['recent']?.opens ?? 0) > 0);
  });

  it('stops where it is told to, and leaves nothing running', async () => {
    const trace = await loadTrace(folder);
    const stop = new AbortController();
    const onProgress = (steps: number): void => {
      if (steps >= 16) stop.abort(new Error('enough'));
    };
    await assert.rejects(
      replayLive(trace, 'recent', { budget: 1, signal: stop.signal, onProgress }),
      /enough/,
    );
    const early = new AbortController();
    early.abort(new Error('before it began'));
    await assert.rejects(replayLive(trace, 'recent', { budget: 1, signal: early.signal }), /before it began/);
  });

  it('says what only the replay in process can do', async () => {
    const many = traceOf(stepsOf(MAX_LIVE_DEVICES + 1));
    await assert.rejects(replayLive(many, 'none', { budget: 1 }), {
      code: 'FIELD_INVALID',
      message: /the trace has 4097 devices, at most 4096 connect over gRPC: use --in-process/,
    });
    const users = Array.from({ length: 65 }, (_, at) => userId(`u${at}`));
    const outside = { kind: 'outside', timeS: 9, item: itemId('i'), users } as const;
    await assert.rejects(replayLive(traceOf([...stepsOf(2), outside]), 'none', { budget: 1 }), {
      code: 'FIELD_INVALID',
      message: /i changed for 65 users at once, at most 64 can be told over gRPC; use --in-process/,
    });
  });

  it('knows no other policy', async () => {
    const trace = await loadTrace(folder);
    await assert.rejects(replayLive(trace, 'magic', { budget: 1 }), {
      code: 'CONFIG_INVALID',
      message: /magic/,
    });
  });
});
