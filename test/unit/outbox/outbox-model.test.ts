import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SIZES, World } from './world.js';

const name = fc.constantFrom(...Object.keys(SIZES));
const share = fc.constantFrom(0.3, 0.6, 1);

type Op = (world: World) => void;

/** An operation that a failing history is printed with. */
const op = (label: string, run: Op): Op => Object.assign(run, { [fc.toStringMethod]: () => label });
const labelOf = (run: Op): string => fc.stringify(run);

/** What can happen to an outbox, also in the middle of composing a frame. */
const change = name.map((item) => op(`change ${item}`, (world) => world.change(item)));
const plan = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .map((items) => op(`plan ${items.join()}`, (world) => world.plan(items)));
const ask = name.map((item) => op(`ask ${item}`, (world) => world.ask(item)));
const acknowledge = fc
  .tuple(share, fc.boolean())
  .map(([part, reject]) => op(`acknowledge ${part} ${reject}`, (world) => world.acknowledge(part, reject)));
const event = fc.oneof(change, plan, ask, acknowledge);
const frame = fc
  .tuple(fc.array(event, { maxLength: 2 }), fc.constantFrom(false, false, false, true))
  .map(([meanwhile, lost]) =>
    op(`frame (${meanwhile.map(labelOf).join()}) ${lost}`, (world) =>
      world.frame(() => meanwhile.forEach((run) => run(world)), lost),
    ),
  );
const ops = fc.array(fc.oneof({ weight: 3, arbitrary: event }, { weight: 2, arbitrary: frame }), {
  maxLength: 60,
});

describe('outbox: any history', () => {
  it('sends nothing twice, nothing out of order, never too much at once, and leaves nothing old in silence', () => {
    fc.assert(
      fc.property(ops, (history) => {
        const world = new World();
        for (const run of history) run(world);
        world.drain();
        assert.equal(
          world.planned,
          world.device.plannedBytes + world.unsent,
          'every planned byte is sent or given back',
        );
      }),
      { numRuns: 1500 },
    );
  });

  it('gives back whatever was not sent when it is closed at any moment', () => {
    fc.assert(
      fc.property(ops, fc.boolean(), (history, whileComposing) => {
        const world = new World();
        for (const run of history) run(world);
        if (whileComposing) world.frame(() => world.outbox.close());
        world.outbox.close();
        assert.equal(world.planned, world.device.plannedBytes + world.unsent);
        assert.deepEqual(world.outbox.draw(), []);
        world.plan(['a', 'd']);
        assert.equal(
          world.planned,
          world.device.plannedBytes + world.unsent,
          'a closed outbox takes nothing in',
        );
      }),
      { numRuns: 500 },
    );
  });
});
