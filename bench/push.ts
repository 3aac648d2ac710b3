/**
 * `npm run bench:push`: pushes of a real session, outbox and writer against plain grpc-js with one checkpoint a message
 * and against raw HTTP/2, each server in a process of its own, one after the other in every round. Figures are ratios
 * within the run: machines differ.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { burstCase } from './push/burst.js';
import { idleMemory } from './push/idle.js';
import { lonePushes } from './push/lone.js';
import { asTable, ratiosOf } from './push/table.js';

const { values } = parseArgs({
  options: {
    /** A tenth of the work: for a look. */
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
    only: { type: 'string' },
  },
});

const rounds = values.quick ? 1 : Number(values.rounds);
const total = values.quick ? 20_000 : 60_000;
const seconds = values.quick ? 1 : 3;
const chosen = (part: string): boolean => values.only === undefined || values.only === part;

const told = (what: string): void => void process.stderr.write(`${what}\n`);

const bursts = [];
for (const contentBytes of chosen('burst') ? [110, 1940] : []) {
  for (const streams of [1, 50, 500]) {
    told(`bursts: ${streams} streams, contents of ${contentBytes} bytes`);
    bursts.push(await burstCase(streams, contentBytes, { total, rounds }));
  }
}
const lone = [];
for (const contentBytes of chosen('lone') ? [110, 1940] : []) {
  told(`lone pushes: contents of ${contentBytes} bytes`);
  lone.push(await lonePushes(50, contentBytes, { perSecond: 1000, seconds, rounds }));
}
const idle = [];
for (const connections of chosen('idle') ? [4, 1000] : []) {
  told(`idle sessions on ${connections} connections`);
  idle.push(await idleMemory(1000, connections));
}

const report = { bursts, lone, idle };
const json = `${JSON.stringify({ ...report, ratios: ratiosOf(report) }, null, 2)}\n`;
if (values.json === '-') process.stdout.write(json);
else {
  process.stdout.write(asTable(report));
  process.stdout.write(`\n${JSON.stringify(ratiosOf(report))}\n`);
  if (values.json !== undefined) writeFileSync(values.json, json);
}
