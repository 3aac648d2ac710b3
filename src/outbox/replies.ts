import type { Durability } from '../domain/checkpoint.js';
import type { ServerEventBody } from '../domain/session-port.js';

/**
 * Small events that go before everything else, in order. Acknowledgements of activity are cumulative, so those that wait
 * become one. Bounded by whoever feeds it: it makes the device's next event wait.
 */
export class Replies {
  #bodies: ServerEventBody[] = [];

  get size(): number {
    return this.#bodies.length;
  }

  say(body: ServerEventBody): void {
    this.#bodies.push(body);
  }

  confirm(sequence: number, durability: Durability): void {
    const index = this.#bodies.findIndex((body) => body.kind === 'activity-ack');
    const waiting = this.#bodies[index];
    if (waiting?.kind !== 'activity-ack') {
      this.say({ kind: 'activity-ack', sequence, durability });
      return;
    }
    this.#bodies[index] = {
      kind: 'activity-ack',
      sequence: Math.max(waiting.sequence, sequence),
      durability: weaker(waiting.durability, durability),
    };
  }

  take(max: number): readonly ServerEventBody[] {
    return this.#bodies.splice(0, max);
  }
}

const weaker = (a: Durability, b: Durability): Durability => (STRENGTH[a] <= STRENGTH[b] ? a : b);

const STRENGTH: Readonly<Record<Durability, number>> = { degraded: 0, local: 1, replicated: 2 };
