import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ERROR_CATALOGUE } from '../../src/domain/errors.js';

const PAGE = 'docs/03-errors.md';

/** docs/03-errors.md says what the catalogue says; `npm run docs` writes it. */
export function errorPageIsCurrent(): boolean {
  const current = readFileSync(PAGE, 'utf8') === errorPage();
  if (!current) console.error(`${PAGE} differs from src/domain/errors.ts: npm run docs`);
  return current;
}

function errorPage(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, { grpc, retry, text }]) => `| \`${code}\` | ${grpc} | ${retry ? 'yes' : 'no'} | ${text} |`,
  );
  return [
    '# 3. Errors',
    '',
    'Made by `npm run docs` from [the catalogue](../src/domain/errors.ts), which is the primary definition.',
    'Every refused call carries a `google.rpc.Status` in `grpc-status-details-bin`: `ErrorInfo` with the code as reason and',
    '`foresync` as domain, `BadRequest` with the field where one is wrong, `RetryInfo` where trying again can help.',
    '',
    '| code | status | same call can succeed later | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(PAGE, errorPage());
