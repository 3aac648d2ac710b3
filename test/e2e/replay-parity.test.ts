import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { PolicyResult } from '../../src/replay/figure-types.js';
import { EventTable } from '../../src/replay/import/event-table.js';
import { writeTrace } from '../../src/replay/import/trace-writer.js';
import { REPLAY_POLICIES } from '../../src/replay/policies.js';
import { replay } from '../../src/replay/replay.js';
import { loadTrace } from '../../src/replay/trace.js';
import { scratchFolder } from '../support/scratch.js';

const bundled = 'bench/traces/git-hono';

/** Everything that a policy's run counted; what a clock or a socket told is set aside. */
function counted({ figures, series }: PolicyResult): unknown {
  const { planUsP50: _p50, planUsP99: _p99, wireBytes: _wire, ...counts } = figures;
  return { counts, series };
}

interface Asked {
  readonly folder: string;
  readonly policies: readonly string[];
  readonly lastSteps?: number;
  readonly splitDevices?: boolean;
}

async function assertSame(asked: Asked): Promise<ReadonlyMap<string, PolicyResult>> {
  const { folder, policies, lastSteps = null, splitDevices = false } = asked;
  const view = { folder, policies, lastSteps, splitDevices, budget: 1, workers: 1 };
  const { signal } = new AbortController();
  const quiet = { signal, onProgress: () => undefined };
  const live = await replay({ ...view, mode: 'grpc', ...quiet });
  const inProcess = await replay({ ...view, mode: 'in-process', ...quiet });
  for (const policy of policies) {
    const [one, other] = [live.policies.get(policy), inProcess.policies.get(policy)];
    assert.ok(one !== undefined && other !== undefined);
    assert.deepEqual(counted(one), counted(other), policy);
    assert.equal(other.figures.wireBytes, null);
    assert.ok(
      (one.figures.wireBytes ?? 0) > one.figures.pushedBytes,
      `${policy}: what is pushed goes over the wire`,
    );
  }
  return live.policies;
}

describe('a replay over gRPC and one in process', function () {
  this.timeout(300_000);

  it('count the same under every policy, on a cut of the bundled trace', async () => {
    const { steps } = await loadTrace(bundled, { lastSteps: 150, splitDevices: false });
    assert.ok(
      new Set(steps.map(({ user }) => user)).size >= 8,
      'at least eight devices are connected at a time',
    );
    const results = await assertSame({ folder: bundled, policies: REPLAY_POLICIES, lastSteps: 150 });
    for (const [policy, { figures }] of results) {
      if (policy !== 'none') assert.ok(figures.pushedBytes > 0, `${policy} pushes in the measured part`);
    }
  });

  it('count the same with two devices a user, creates, and changes from outside', async () => {
    const scratch = await scratchFolder();
    try {
      const folder = join(scratch.path, 'mail');
      await writeMail(folder);
      const results = await assertSame({ folder, policies: ['none', 'mirror', 'recent', 'oracle'] });
      assert.ok(
        (results.get('mirror')?.figures.waitsRemoved ?? 0) > 0,
        'messages are there before they are opened',
      );
      await assertSame({ folder, policies: ['mirror'], splitDevices: true });
    } finally {
      await scratch.remove();
    }
  });
});

/** Two people with two devices each; messages come from outside, notes are made, changed and read. */
async function writeMail(folder: string): Promise<void> {
  const events = new EventTable();
  const add = (user: string, item: string, type: string, timeS: number, device: string | null): void =>
    events.add({ user, item, type, timeS, device });
  for (let turn = 0; turn < 60; turn++) {
    const timeS = 1_700_000_000 + turn * 3600;
    const [user, other] = turn % 2 === 0 ? ['ann', 'bob'] : ['bob', 'ann'];
    const device = turn % 3 === 0 ? 'phone' : 'laptop';
    add(user, 'inbox', 'mail', timeS, device);
    add(other, 'inbox', 'mail', timeS, device);
    add(user, 'inbox', 'view', timeS + 60, device);
    add(user, `notes/${turn}.md`, 'make', timeS + 60, device);
    add(user, `notes/${Math.max(0, turn - 3)}.md`, 'edit', timeS + 120, device);
    add(other, `notes/${turn}.md`, 'view', timeS + 180, turn % 5 === 0 ? 'phone' : 'laptop');
  }
  await writeTrace(folder, {
    meta: {
      name: 'mail',
      licence: 'CC0',
      train: false,
      writes: ['edit'],
      creates: ['make'],
      outside: ['mail'],
    },
    events,
    relations: [['notes/1.md', 'notes/0.md']],
    sizes: new Map([['inbox', 300_000]]),
  });
}
