import assert from 'node:assert/strict';
import type { ForesyncEvent } from '@foresync/client';
import { connect } from '@foresync/client';
import type { PlanSeen } from '../../src/domain/engine-port.js';
import { appWorld } from '../support/app-world.js';

const ITEMS = ['a.md', 'b.md', 'c.md', 'd.md'];
const HAIR = 1e-6;

/** SPEC S5, over real gRPC: what scores just above the threshold comes unasked, what scores just below it does not. */
describe('push.threshold', function () {
  this.timeout(60_000);

  it('pushes the content of an item that scores just above it, and not of one just below', async () => {
    const { scores } = await pushed({ threshold: 1 });
    const [likelier, item, lesser] = byScore(scores);
    assert.ok(likelier.score > item.score && item.score > lesser.score, 'the scores differ');
    const above = await pushed({ threshold: item.score - HAIR });
    const below = await pushed({ threshold: item.score + HAIR });
    assert.deepEqual(above.contents, [likelier.item, item.item].sort());
    assert.deepEqual(below.contents, [likelier.item]);
    assert.deepEqual([...above.metadata, ...below.metadata], []);
  });

  it('tells the metadata of an item that scores above metadataThreshold only', async () => {
    const { scores } = await pushed({ threshold: 1 });
    const [likelier, item, lesser] = byScore(scores);
    const terms = { threshold: item.score + HAIR, metadataThreshold: lesser.score + HAIR };
    const { contents, metadata } = await pushed(terms);
    assert.deepEqual(contents, [likelier.item]);
    assert.deepEqual(metadata, [item.item]);
  });
});

interface Pushed {
  readonly contents: readonly string[];
  readonly metadata: readonly string[];
  /** Of the last plan for the phone. */
  readonly scores: ReadonlyMap<string, number>;
}

/** What a phone gets unasked while a laptop of the same user views one item after another. */
async function pushed(terms: { threshold: number; metadataThreshold?: number }): Promise<Pushed> {
  let last: PlanSeen | undefined;
  const onPlan = (seen: PlanSeen): void => {
    if (seen.device === 'phone') last = seen;
  };
  const push = { policy: 'recent', mode: 'threshold' as const, ...terms };
  const world = await appWorld({ push }, { observer: { onPlan } });
  const device = async (name: string) =>
    connect({
      endpoint: `http://127.0.0.1:${world.port}`,
      token: await world.tokens.token({ device: name }),
      spaces: ['notes'],
    });
  const laptop = await device('laptop');
  for (const item of ITEMS) await laptop.write('notes', item, Buffer.from(`content of ${item}`));
  const start = Date.now() - ITEMS.length * 1000;
  const activities = ITEMS.map((item, turn) => ({ item, timeMs: start + turn * 1000 }));
  for (const { item, timeMs } of activities.slice(0, -1)) {
    laptop.report({ type: 'viewed', space: 'notes', item, timeMs });
    await laptop.flush();
  }
  const phone = await device('phone');
  const events: ForesyncEvent[] = [];
  const listening = (async () => {
    for await (const event of phone.events()) events.push(event);
  })();
  for (const { item, timeMs } of activities.slice(-1)) {
    laptop.report({ type: 'viewed', space: 'notes', item, timeMs });
    await laptop.flush();
  }
  await world.app.quiesce();
  await phone.flush();
  await Promise.all([laptop.close(), phone.close()]);
  await listening;
  await world.stop();
  const pushes = events.filter((event) => event.kind === 'pushed');
  const items = (content: boolean): string[] =>
    pushes.filter((event) => event.content === content).map(({ checkpoint }) => checkpoint.item);
  const scores = new Map(last?.pushable.map(({ item, score }) => [item, score]));
  return { contents: items(true).sort(), metadata: items(false).sort(), scores };
}

function byScore(scores: ReadonlyMap<string, number>) {
  const ranked = [...scores].map(([item, score]) => ({ item, score })).sort((a, b) => b.score - a.score);
  const [first, second, third] = ranked;
  assert.ok(first !== undefined && second !== undefined && third !== undefined, 'three items were scored');
  return [first, second, third] as const;
}
