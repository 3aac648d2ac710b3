import type { Result } from './compete.js';
import type { Script } from './script.js';

/** Scripts by clients, as Markdown. */
export function tableOf(scripts: readonly Script[], results: readonly Result[]): string {
  const head = ['script', 'what a client must do', ...results.map(({ name }) => name)];
  const rows = scripts.map(({ name, says }) => [name, says, ...results.map((result) => cell(result, name))]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell({ skipped, failures }: Result, script: string): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return failures.has(script) ? '✖' : '✔';
}
