import { join } from 'node:path';
import { EventTable } from '../../src/replay/import/event-table.js';
import { writeTrace } from '../../src/replay/import/trace-writer.js';
import { scratchFolder } from './scratch.js';

/** A new folder for one test with the small trace in it, in a folder of its own. */
export async function smallTraceFolder(steps: number) {
  const scratch = await scratchFolder();
  const trace = join(scratch.path, 'trace');
  await writeSmallTrace(trace, steps);
  return { ...scratch, trace };
}

/** Writes a trace of three people who work in turn on a few files, the same every time. */
export async function writeSmallTrace(folder: string, steps: number): Promise<void> {
  const events = new EventTable();
  for (let step = 0; step < steps; step++) {
    const user = `user-${step % 3}`;
    const topic = Math.floor(step / 12) % 4;
    const timeS = 1_600_000_000 + step * 1800;
    events.add({
      user,
      item: `topic-${topic}/plan.md`,
      type: step % 5 === 0 ? 'edit' : 'view',
      timeS,
      device: null,
    });
    events.add({ user, item: `topic-${topic}/note-${step % 4}.md`, type: 'view', timeS, device: null });
  }
  await writeTrace(folder, {
    meta: { name: 'small', licence: 'CC0', train: false, writes: ['edit'], creates: [], outside: [] },
    events,
    relations: [['topic-0/plan.md', 'topic-0/note-0.md']],
    sizes: new Map([['topic-0/plan.md', 2000]]),
  });
}
