/**
 * `npm run conformance`: every client plays every script; prints a table, and what went wrong.
 *   --client Python      one client
 *   --script chunks      one script
 *   --driver 'COMMAND'   a client of your own, by the command that starts its driver
 */
import { parseArgs } from 'node:util';
import { CONTESTANTS } from './clients.js';
import { Driver } from './driver.js';
import { competeAll } from './compete.js';
import { readScripts } from './script.js';
import { tableOf } from './table.js';

const { values } = parseArgs({
  options: { client: { type: 'string' }, script: { type: 'string' }, driver: { type: 'string' } },
});
const { driver } = values;
const own = driver === undefined ? undefined : { name: driver, missing: '', start: () => started(driver) };
const contestants =
  own === undefined
    ? CONTESTANTS.filter(({ name }) => values.client === undefined || values.client === name)
    : [own];
const scripts = readScripts().filter(({ name }) => values.script === undefined || values.script === name);
if (contestants.length === 0) throw new Error(`no client is called ${values.client ?? ''}`);
if (scripts.length === 0) throw new Error(`no script is called ${values.script ?? ''}`);

const results = await competeAll(contestants, scripts);
console.log(tableOf(scripts, results));
process.exitCode = results.some(({ failures }) => failures.size > 0) ? 1 : 0;

function started(command: string): Promise<Driver> {
  return Promise.resolve(new Driver(['sh', '-c', command]));
}
