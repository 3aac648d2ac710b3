import type { ItemId } from '../../domain/ids.js';
import type { Recorder } from '../recorder.js';
import type { OutsideChange, Trace, TraceMoment, TraceStep } from '../trace-types.js';
import type { Backend } from './backend.js';
import type { LiveContents } from './contents.js';
import type { LiveDevice } from './live-device.js';
import type { LiveFleet } from './live-fleet.js';

export interface LiveStepsParts {
  readonly trace: Trace;
  readonly contents: LiveContents;
  readonly backend: Backend;
  readonly fleet: LiveFleet;
  readonly recorder: Recorder;
  /** Resolves when every push is acknowledged and everything is learned. */
  readonly quiet: () => Promise<void>;
}

/** What happened in a trace, done again over gRPC by the devices that did it. */
export class LiveSteps {
  readonly #parts: LiveStepsParts;

  constructor(parts: LiveStepsParts) {
    this.#parts = parts;
  }

  /** Plays the trace's next moment; each once, in the trace's order. */
  async play(moment: TraceMoment): Promise<void> {
    this.#parts.recorder.begin(moment);
    await (moment.kind === 'outside' ? this.#outside(moment) : this.#step(moment));
  }

  /** Puts those of the items that are not there yet. */
  async put(items: readonly ItemId[]): Promise<void> {
    const unknown = items.filter((item) => !this.#parts.contents.exists(item));
    for (const item of unknown) {
      const { bytes } = this.#parts.contents.next(item);
      await this.#parts.backend.put(item, bytes, this.#links(item), []);
    }
    if (unknown.length > 0) await this.#parts.quiet();
  }

  async #outside({ item, users }: OutsideChange): Promise<void> {
    const { bytes } = this.#parts.contents.next(item);
    this.#parts.recorder.changed(item);
    await this.#parts.backend.put(item, bytes, this.#links(item), users);
    await this.#parts.quiet();
  }

  /** Need, write, plans of holders, plan of the user: in this order (REPLAY.md, "What happens at a step"). */
  async #step(step: TraceStep): Promise<void> {
    const device = this.#parts.fleet.of(step);
    await this.#open(step, device);
    await this.#write(step, device);
    this.#parts.recorder.stepped(step);
    for (const { item, created, written } of step.items) {
      device.report(created ? 'created' : written ? 'edited' : 'viewed', item);
    }
    await device.flush();
    await this.#parts.quiet();
  }

  async #open(step: TraceStep, device: LiveDevice): Promise<void> {
    const needed = step.items.filter(({ created }) => !created);
    // Items that nothing creates are put right before their first need.
    await this.put(needed.map(({ item }) => item));
    for (const { item } of needed) {
      const { bytes, zeroWait } = await device.open(item, this.#parts.contents.hashOf(item));
      this.#parts.recorder.opened(device.user, device.device, item, bytes, zeroWait);
    }
    // What was opened earns the budget of the plans that come.
    if (needed.length > 0) await device.flush();
  }

  async #write(step: TraceStep, device: LiveDevice): Promise<void> {
    const { recorder } = this.#parts;
    for (const { item, written } of step.items) {
      if (!written) continue;
      const { bytes } = this.#parts.contents.next(item);
      recorder.changed(item);
      recorder.wrote(device.user, device.device, item);
      await device.write(item, bytes, this.#links(item));
      await this.#parts.quiet();
    }
  }

  #links(item: ItemId): readonly ItemId[] {
    return this.#parts.trace.relations.get(item) ?? [];
  }
}
