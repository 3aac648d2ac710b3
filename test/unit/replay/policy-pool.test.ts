import assert from 'node:assert/strict';
import { runPool } from '../../../src/replay/policy-pool.js';
import type { PolicyTask, TaskProgress } from '../../../src/replay/policy-task.js';

const worker = new URL('../../support/pool-worker.ts', import.meta.url);

const tasks = (...policies: string[]): PolicyTask[] =>
  policies.map((policy) => ({
    policy,
    folder: '',
    budget: 1,
    mode: 'in-process',
    lastSteps: null,
    model: null,
    splitDevices: false,
  }));

interface Run {
  readonly results: readonly ReadonlyMap<string, number>[];
  readonly progress: readonly TaskProgress[];
}

async function run(policies: string[], workers: number, stop = new AbortController()): Promise<Run> {
  const progress: TaskProgress[] = [];
  const onProgress = (each: TaskProgress): void => {
    progress.push(each);
    if (each.policy === 'hang') stop.abort(new Error('enough'));
  };
  const results = await runPool(tasks(...policies), { workers, worker, signal: stop.signal, onProgress });
  return { results: results as ReadonlyMap<string, number>[], progress };
}

describe('replay/policy-pool', () => {
  it('answers in the order of the tasks, from no more processes than allowed', async () => {
    const { results, progress } = await run(['a', 'b', 'c', 'd', 'e'], 2);
    assert.deepEqual(
      results.map((result) => [...result.keys()][0]),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.equal(new Set(results.flatMap((result) => [...result.values()])).size, 2);
    assert.deepEqual(progress.map(({ policy }) => policy).sort(), ['a', 'b', 'c', 'd', 'e']);
  });

  it('has nothing to do without tasks, and one process for one task', async () => {
    assert.deepEqual((await run([], 4)).results, []);
    assert.equal((await run(['a'], 4)).results.length, 1);
  });

  it('throws what a worker says went wrong, with its code, and stops the others', async () => {
    await assert.rejects(run(['hang-not', 'fail', 'b'], 2), {
      code: 'TRACE_INVALID',
      message: /no such thing/,
    });
  });

  it('notices a process that dies', async () => {
    await assert.rejects(run(['die'], 1), { code: 'INTERNAL', message: /the policy die ended: exit code 7/ });
  });

  it('ends its processes when it is told to stop', async () => {
    await assert.rejects(run(['hang', 'b', 'hang'], 2), { message: 'enough' });
    const stopped = new AbortController();
    stopped.abort(new Error('before'));
    await assert.rejects(run(['a'], 1, stopped), { message: 'before' });
  });
});
