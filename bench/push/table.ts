import type { BurstResult } from './burst.js';
import { IMPLEMENTATIONS } from './burst.js';
import type { IdleResult } from './idle.js';
import type { LoneResult } from './lone.js';
import type { Implementation } from './messages.js';

export interface PushReport {
  readonly bursts: readonly BurstResult[];
  readonly lone: readonly LoneResult[];
  readonly idle: readonly IdleResult[];
}

const OURS = ['foresync', 'session'] as const;
const OTHERS = ['grpc-js', 'http2'] as const;

/** The ratios that the bench is for: {"burst 50x110 foresync/grpc-js per second": 4.2, …} */
export function ratiosOf({ bursts, lone, idle }: PushReport): Record<string, number> {
  const ratios: [string, number][] = [];
  const compare = (name: string, of: string, values: Readonly<Record<Implementation, number>>): void => {
    for (const ours of OURS)
      for (const other of OTHERS)
        ratios.push([`${name} ${ours}/${other} ${of}`, values[ours] / values[other]]);
  };
  for (const { streams, contentBytes, perSecond, cpuUs } of bursts) {
    compare(`burst ${streams}x${contentBytes}`, 'per second', perSecond);
    compare(`burst ${streams}x${contentBytes}`, 'cpu', cpuUs);
  }
  for (const { streams, contentBytes, p50Us, cpuUs } of lone) {
    compare(`lone ${streams}x${contentBytes}`, 'p50', p50Us);
    compare(`lone ${streams}x${contentBytes}`, 'cpu', cpuUs);
  }
  for (const { sessions, connections, heapKiB } of idle) {
    ratios.push([`idle ${sessions} sessions on ${connections} connections, KiB each`, heapKiB]);
  }
  return Object.fromEntries(ratios.map(([name, value]) => [name, Math.round(value * 100) / 100]));
}

/** What a person reads. */
export function asTable({ bursts, lone, idle }: PushReport): string {
  const lines: string[] = [];
  if (bursts.length > 0) {
    lines.push('Bursts: checkpoints per second (µs of server processor time for each)');
    lines.push(row('streams', 'bytes', ...IMPLEMENTATIONS, 'foresync/grpc-js', 'foresync/http2'));
  }
  for (const { streams, contentBytes, perSecond, cpuUs } of bursts) {
    const cells = IMPLEMENTATIONS.map((name) => `${thousands(perSecond[name])} (${cpuUs[name].toFixed(1)})`);
    lines.push(row(streams, contentBytes, ...cells, ...timesOf(perSecond)));
  }
  if (lone.length > 0) {
    lines.push('', 'Lone pushes: p50/p99 µs from plan to device (µs of server processor time for each)');
    lines.push(row('streams', 'bytes', ...IMPLEMENTATIONS, 'foresync/grpc-js', 'foresync/http2'));
  }
  for (const { streams, contentBytes, p50Us, p99Us, cpuUs } of lone) {
    const cells = IMPLEMENTATIONS.map((name) => `${p50Us[name]}/${p99Us[name]} (${Math.round(cpuUs[name])})`);
    lines.push(row(streams, contentBytes, ...cells, ...timesOf(p50Us)));
  }
  if (idle.length > 0) {
    lines.push('', 'Idle sessions: KiB of server memory each');
    lines.push(row('sessions', 'connections', 'heap', 'resident'));
  }
  for (const { sessions, connections, heapKiB, rssKiB } of idle) {
    lines.push(row(sessions, connections, heapKiB.toFixed(1), rssKiB.toFixed(1)));
  }
  return `${lines.join('\n')}\n`;
}

function timesOf(values: Readonly<Record<Implementation, number>>): string[] {
  return OTHERS.map((other) => (values.foresync / values[other]).toFixed(2));
}

const thousands = (value: number): string => `${Math.round(value / 1000)}k`;

function row(...cells: readonly (string | number)[]): string {
  return cells.map((cell, index) => String(cell).padStart(index < 2 ? 11 : 20)).join(' ');
}
