import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { OnlineLayer } from '../../../../src/predictor/online/layer.js';
import { adaptivePolicy, type AdaptiveParts } from '../../../../src/predictor/policies/adaptive.js';
import { policyNamed } from '../../../../src/predictor/policies/named.js';
import type { Statistics } from '../../../../src/predictor/statistics.js';
import type { PolicyFigures } from '../../../../src/replay/figure-types.js';
import { splitDevices } from '../../../../src/replay/devices.js';
import { replayInProcess } from '../../../../src/replay/in-process.js';
import type { Trace, TraceRow } from '../../../../src/replay/trace-types.js';
import { seededRandom, type Random } from '../../../../src/util/seeded-random.js';
import { rowsOf, traceOf } from '../../../support/traces.js';

const RIVALS = ['recent', 'markov'];
const REPLAY = { budget: 1, candidates: 40 };

type Logits = AdaptiveParts['logits'];
const noModel: Logits = () => null;

/** How often an item is changed, and when each step is taken, seconds. */
interface Habits {
  readonly edits: number;
  readonly timeOf: (step: number) => number;
}

const ALL_DAY: Habits = { edits: 0.2, timeOf: (step) => step * 600 };
/** Of ten hours with a step the last is late in the evening. */
const OFFICE: Habits = {
  edits: 0.8,
  timeOf: (step) => {
    const round = Math.floor(step / 6);
    const hour = round % 10 === 9 ? 22 : 8 + (round % 10);
    return Math.floor(round / 10) * 86_400 + hour * 3600 + (step % 6) * 600;
  },
};

/** Six people with routes of their own through the files of a project each, now and then somewhere else. */
function routes(steps: number, random: Random, { edits, timeOf } = ALL_DAY): Trace {
  const rows: TraceRow[] = [];
  for (let step = 0; step < steps; step++) {
    const user = step % 6;
    const round = Math.floor(step / 6);
    const project = Math.floor(round / 8) % 12;
    const file = (round * (1 + (user % 3))) % 8;
    const item = random() < 0.2 ? `rest/${Math.floor(random() * 100)}` : `p${project}/f${file}`;
    const type = random() < edits ? 'edit' : 'view';
    rows.push(...rowsOf(`u${user} ${item} ${type} ${1_600_000_000 + timeOf(step)}`));
  }
  return traceOf(rows);
}

async function replayed(
  trace: Trace,
  logits: Logits,
  more: { readonly isFrozen?: boolean; readonly hedged?: boolean; readonly isBlind?: boolean } = {},
): Promise<PolicyFigures> {
  const policy = (statistics: Statistics): Policy => {
    const layer = new OnlineLayer({ random: seededRandom(1), isFrozen: more.isFrozen ?? false });
    const rivals = RIVALS.map((name) => policyNamed(name, statistics));
    const adaptive = adaptivePolicy({
      name: 'online',
      statistics,
      layer: () => layer,
      logits,
      ...(more.hedged === true ? { rivals } : {}),
    });
    // Without eyes for devices every one is worth the same.
    return more.isBlind === true ? { ...adaptive, deviceShare: () => 1 } : adaptive;
  };
  return (await replayInProcess(trace, policy, REPLAY)).figures;
}

const removed = ({ waitsRemoved }: PolicyFigures): number => waitsRemoved ?? NaN;

/** What does not depend on how fast the machine is. */
const counts = ({ planUsP50: _p50, planUsP99: _p99, ...figures }: PolicyFigures): object => figures;

async function bestRival(trace: Trace): Promise<number> {
  let best = 0;
  for (const name of RIVALS)
    best = Math.max(best, removed((await replayInProcess(trace, name, REPLAY)).figures));
  return best;
}

describe('adaptivePolicy', () => {
  const trace = routes(2400, seededRandom(11));
  // The first steps of a layer are for learning: they weigh less on a long trace.
  const long = routes(4800, seededRandom(11));
  const noise = (seed: number): Logits => {
    const random = seededRandom(seed);
    return ({ items }) => Promise.resolve(Float32Array.from(items, () => 8 * random() - 8));
  };
  let best: number;
  let bestOfLong: number;

  before(async function () {
    this.timeout(120_000);
    best = await bestRival(trace);
    bestOfLong = await bestRival(long);
  });

  it('without a model learns to do as well as the best rival, and means what it says', async function () {
    this.timeout(120_000);
    const online = await replayed(long, noModel);
    assert.ok(removed(online) >= 0.98 * bestOfLong, `${removed(online)} against ${bestOfLong}`);
    assert.ok((online.ece ?? 1) < 0.03, `ece ${online.ece}`);
    assert.deepEqual(counts(await replayed(long, noModel)), counts(online));
  });

  it('is no worse for being hedged', async function () {
    this.timeout(120_000);
    const hedged = await replayed(long, noModel, { hedged: true });
    assert.ok(removed(hedged) >= 0.98 * bestOfLong, `${removed(hedged)} against ${bestOfLong}`);
  });

  it('pushes what will soon be old to the device that its user is at', async function () {
    this.timeout(240_000);
    // What changes all the time is of use to whoever comes next, and on the device that they come with.
    for (const [world, gain] of [
      [routes(1200, seededRandom(11), OFFICE), 1.05],
      [trace, 0.97],
    ] as const) {
      const dealt = splitDevices(world);
      const apart = await replayed(dealt, noModel);
      const alike = await replayed(dealt, noModel, { isBlind: true });
      assert.ok(removed(apart) > gain * removed(alike), `${removed(apart)} against ${removed(alike)}`);
    }
  });

  it('with a worthless model and nothing learned is as good as the best rival, by the hedge alone', async function () {
    this.timeout(120_000);
    const alone = await replayed(trace, noise(3), { isFrozen: true });
    const hedged = await replayed(trace, noise(3), { isFrozen: true, hedged: true });
    assert.ok(removed(alone) < 0.93 * best, `${removed(alone)} against ${best}`);
    assert.ok(removed(hedged) >= 0.98 * best, `${removed(hedged)} against ${best}`);
  });
});
