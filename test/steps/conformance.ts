import { readFileSync } from 'node:fs';
import { CONTESTANTS } from '../conformance/clients.js';
import { competeAll } from '../conformance/compete.js';
import { readScripts } from '../conformance/script.js';
import { tableOf } from '../conformance/table.js';
import type { Outcome, Step } from './step.js';
import { check } from './step.js';

const PAGE = 'docs/08-write-a-client.md';

/** Every client plays every script. */
export const conformanceSteps: readonly Step[] = [
  { name: 'conformance', group: 'clients', run: conformance },
  check('clients', 'conformance table', tableIsCurrent),
];

async function conformance(): Promise<Outcome> {
  const scripts = readScripts();
  const results = await competeAll(CONTESTANTS, scripts);
  for (const { skipped } of results) if (skipped !== undefined) console.log(`skipped: ${skipped}`);
  const failed = results.reduce((sum, { failures }) => sum + failures.size, 0);
  const skipped = results.filter((result) => result.skipped !== undefined).length;
  return { passed: (results.length - skipped) * scripts.length - failed, failed, skipped };
}

/** The page has the table that `npm run conformance` prints when every client does everything. */
function tableIsCurrent(): boolean {
  const green = CONTESTANTS.map(({ name }) => ({ name, skipped: undefined, failures: new Map() }));
  const current = readFileSync(PAGE, 'utf8').includes(tableOf(readScripts(), green));
  if (!current)
    console.error(`${PAGE} lacks the table of clients/conformance: npm run conformance prints it`);
  return current;
}
