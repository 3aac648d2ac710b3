import { setTimeout as wait } from 'node:timers/promises';
import { Child } from './child.js';
import type { Range } from './push-server.js';
import type { Implementation, Listening, Memory, Sent } from './messages.js';

export interface ArenaOrder {
  readonly implementation: Implementation;
  readonly streams: number;
  readonly connections: number;
  readonly contentBytes: number;
  readonly contents: number;
}

/** A server and its devices, each in a process of its own, connected and ready. */
export class Arena {
  readonly server: Child;
  readonly client: Child;
  readonly #order: ArenaOrder;

  private constructor(order: ArenaOrder) {
    this.#order = order;
    const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.server = new Child(new URL(`./server.${suffix}`, import.meta.url), [
      ...process.execArgv,
      '--expose-gc',
    ]);
    this.client = new Child(new URL(`./client.${suffix}`, import.meta.url), process.execArgv);
  }

  static async open(order: ArenaOrder): Promise<Arena> {
    const arena = new Arena(order);
    await arena.#connect();
    return arena;
  }

  async #connect(): Promise<void> {
    const { implementation, streams, connections } = this.#order;
    const listening = await this.server.ask<Listening>('listen', this.#order);
    this.emptyMemory = await this.memory();
    const acknowledges = implementation === 'foresync' || implementation === 'session';
    await this.client.ask('connect', { ...listening, streams, connections, acknowledges });
    for (let tries = 0; (await this.server.ask<number>('ready')) < streams; tries++) {
      if (tries > 500) throw new Error(`not every stream of ${implementation} got ready`);
      await wait(20);
    }
  }

  /** Memory of the server before anybody connected. */
  emptyMemory: Memory = { heapBytes: 0, rssBytes: 0 };

  memory(): Promise<Memory> {
    return this.server.ask<Memory>('memory');
  }

  /** Pushes these contents to every stream. */
  async burst(range: Range): Promise<{ readonly perSecond: number; readonly cpuUs: number }> {
    const pushes = this.#order.streams * (range.to - range.from);
    const before = await this.server.ask<number>('usage');
    await this.client.ask('expect', pushes);
    // The clock is the machine's, one for all processes.
    const fromUs = Number(process.hrtime.bigint() / 1000n);
    await this.server.ask('burst', range);
    const elapsedMs = ((await this.client.ask<number>('all')) - fromUs) / 1000;
    const after = await this.server.ask<number>('usage');
    return { perSecond: (pushes / elapsedMs) * 1000, cpuUs: (after - before) / pushes };
  }

  /** Pushes one at a time; answers the latency of each, in microseconds, sorted, and the server's time for each. */
  async paced(
    perSecond: number,
  ): Promise<{ readonly latenciesUs: readonly number[]; readonly cpuUs: number }> {
    const { streams, contents } = this.#order;
    await this.client.ask('listen');
    const before = await this.server.ask<number>('usage');
    await this.client.ask('expect', streams * contents);
    const { atUs } = await this.server.ask<Sent>('paced', { streams, contents, perSecond });
    await this.client.ask('all');
    const after = await this.server.ask<number>('usage');
    const arrivals = await this.client.ask<number[][]>('arrivals');
    const latencies = atUs.map((sentUs, push) => {
      const arrivedUs = arrivals[push % streams]?.[Math.floor(push / streams)];
      return (arrivedUs ?? Number.NaN) - sentUs;
    });
    // The first third warms up.
    const measured = latencies.slice(Math.floor(latencies.length / 3)).sort((a, b) => a - b);
    return { latenciesUs: measured, cpuUs: (after - before) / atUs.length };
  }

  close(): void {
    this.server.end();
    this.client.end();
  }
}
