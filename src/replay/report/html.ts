import type { ReplayResult } from '../figure-types.js';
import { escaped, percent, whole } from './format.js';
import { headline } from './headline.js';
import { bytesSection, timeSection, trustSection, waitsSection } from './html-sections.js';
import { STYLE } from './html-style.js';
import { costsSection, figuresSection, kindsSection } from './html-table.js';
import { bestPolicy } from './standing.js';

/**
 * The report as one HTML page that opens without network: no script, no link, no image. The same result gives the same
 * bytes. Every drawing has its numbers beside it or in a table below.
 */
export function htmlReport(result: ReplayResult): string {
  const best = bestPolicy(result)?.policy;
  const title = `${result.trace}: replay`;
  const sections = [
    waitsSection(result, best),
    timeSection(result, best),
    bytesSection(result, best),
    kindsSection(result, best),
    trustSection(result, best),
    costsSection(result, best),
    figuresSection(result, best),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>
<header><p class="kicker">Foresync replay · ${escaped(result.trace)} · budget ${escaped(String(result.budget))}</p>
<h1>${escaped(headline(result))}</h1>
${facts(result, best)}</header>
${sections.join('\n')}
${modelNote(result)}</main></body>
</html>
`;
}

/** Which model ranked, so that figures can be traced to it. */
function modelNote({ modelSha256 }: ReplayResult): string {
  return modelSha256 === null ? '' : `<p>Model: SHA-256 of its manifest ${escaped(modelSha256)}</p>\n`;
}

function facts(result: ReplayResult, best: string | undefined): string {
  const none = result.policies.get('none')?.figures;
  const winner = best === undefined ? undefined : result.policies.get(best)?.figures;
  const list: (readonly [string, string])[] = [];
  if (none !== undefined) {
    list.push([whole(none.opens), 'opens measured']);
    list.push([percent(rate(none.zeroWait, none.opens)), 'without a wait, cache alone']);
  }
  if (winner !== undefined && best !== undefined) {
    list.push([percent(rate(winner.zeroWait, winner.opens)), `without a wait, ${best}`]);
    if (winner.reach !== null) list.push([percent(winner.reach, 0), 'of what an oracle removes']);
  }
  const items = list.map(([value, told]) => `<li><b>${escaped(value)}</b><span>${escaped(told)}</span></li>`);
  return `<ul class="facts">${items.join('')}</ul>`;
}

function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
