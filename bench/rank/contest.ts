import type { DataHash, ItemId, UserId } from '../../src/domain/ids.js';
import type { Change } from '../../src/domain/item.js';
import type { Model } from '../../src/domain/model-port.js';
import { replayInProcess } from '../../src/replay/in-process.js';
import type { Trace, TraceStep } from '../../src/replay/trace-types.js';
import { LoneDevice, ORDERS } from './lone-device.js';

/** Items that a person looks through. */
export const FIRST = 5;

export interface Contest {
  /** Steps with opens of something held, and those opens. */
  readonly steps: number;
  readonly opens: number;
  /** The ranking first. */
  readonly results: readonly Result[];
}

export interface Result {
  readonly name: string;
  /** Opens that were among the first. */
  readonly hits: number;
  /** Hits of the ranking minus these, and their standard error, with steps as draws. */
  readonly behind: number;
  readonly error: number;
}

/** Asks each device of a trace, before each step, for the first few of what it holds in each order; counts what the step opened of them. */
export async function contest(trace: Trace, model: Model): Promise<Contest> {
  const devices = new Map<UserId, LoneDevice>();
  const changes = new Map<DataHash, Change>();
  const hitsOfSteps: (readonly number[])[] = [];
  let opens = 0;
  const before = async (step: TraceStep, held: readonly ItemId[], device: LoneDevice): Promise<void> => {
    const opened = step.items.filter(({ item, created }) => !created && held.includes(item));
    if (held.length <= FIRST || opened.length === 0) return;
    const orders = await device.orders(held, step.timeS * 1000);
    opens += opened.length;
    hitsOfSteps.push(
      orders.map((order) => {
        const first = new Set(order.slice(0, FIRST));
        return opened.filter(({ item }) => first.has(item)).length;
      }),
    );
  };
  await replayInProcess(trace, 'model', {
    budget: 1,
    onChange: (change) => {
      const { dataHash } = change.head;
      if (dataHash !== null) changes.set(dataHash, change);
    },
    onStep: async (step, holdings) => {
      const device = devices.get(step.user) ?? new LoneDevice(step.user, model);
      devices.set(step.user, device);
      const held = [...holdings];
      for (const { hash } of held) {
        const change = changes.get(hash);
        if (change !== undefined) device.know(change);
      }
      await before(
        step,
        held.map(({ key }) => key),
        device,
      );
      await device.did(step);
    },
  });
  return { steps: hitsOfSteps.length, opens, results: resultsOf(hitsOfSteps) };
}

function resultsOf(hitsOfSteps: readonly (readonly number[])[]): readonly Result[] {
  return ORDERS.map((name, place) => {
    const ahead = hitsOfSteps.map((hits) => (hits[0] ?? 0) - (hits[place] ?? 0));
    return {
      name,
      hits: hitsOfSteps.reduce((sum, hits) => sum + (hits[place] ?? 0), 0),
      behind: ahead.reduce((sum, hits) => sum + hits, 0),
      error: Math.sqrt(ahead.reduce((sum, hits) => sum + hits ** 2, 0)),
    };
  });
}
