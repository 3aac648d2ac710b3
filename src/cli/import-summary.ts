import type { ImportResult } from '../replay/import/import-result.js';

/** What was imported, on one line for a script; stable keys. */
export function asJson(out: string, { trace, leftOut }: ImportResult): string {
  const { events, relations, meta } = trace;
  const counts = {
    events: events.size,
    users: events.users,
    items: events.items.size,
    relations: relations.length,
  };
  return `${JSON.stringify({ trace: meta.name, out, ...counts, left_out: Object.fromEntries(leftOut) })}\n`;
}

/** What was imported and what was left out, for a person. */
export function asText(out: string, { trace, leftOut }: ImportResult): string {
  const count = (number: number, what: string): string => `${number.toLocaleString('en')} ${what}`;
  const { events, relations, meta } = trace;
  const found = [
    count(events.size, 'events'),
    count(events.users, 'users'),
    count(events.items.size, 'items'),
  ];
  const rest = [...leftOut].map(([reason, number]) => `  left out: ${count(number, reason)}\n`).join('');
  return `${meta.name}: ${[...found, count(relations.length, 'relations')].join(', ')}\n${rest}Next: foresync replay ${out} --in-process\n`;
}
