import { basename } from 'node:path';
import { readLines } from '../text-lines.js';
import { traceInvalid } from '../trace-invalid.js';
import type { LogRequest } from './clf-line.js';
import { readLogLine } from './clf-line.js';
import { EventTable } from './event-table.js';
import type { ImportResult } from './import-result.js';
import { isId, LeftOut } from './import-result.js';
import type { Naming } from './pseudonyms.js';

export interface ClfImportOptions {
  readonly name: string | null;
  readonly licence: string;
  readonly naming: Naming;
  /** Keep images, scripts, styles, fonts, archives and media too, not pages alone. */
  readonly allPaths: boolean;
  /** Keep requests whose user agent says that it is a program. */
  readonly keepBots: boolean;
  onProgress(events: number): void;
}

/** So many lines are read before a log can be given up for being something else. */
const FEW_LINES = 1000;

const noPage =
  /\.(?:css|js|mjs|map|json|xml|rss|atom|ico|png|jpe?g|gif|svg|webp|avif|bmp|tiff?|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gv]|wav|avi|mov|flv|swf|pdf|zip|t?gz|tar|bz2|xz|7z|rar|jar|exe|dmg|iso|deb|rpm|bin|wasm)$/i;
const bot =
  /bot|crawl|spider|slurp|archiver|scan|monitor|preview|fetch|curl|wget|python|java\/|go-http|libwww|okhttp|headless|facebookexternalhit/i;

/**
 * An access log in the Common or Combined Log Format (gzip too) as a trace: host and user agent = user, path without
 * its query = item, type `view`; the size is what the last complete answer took. Successful GETs of pages only (status
 * 200 and 304). Bad lines are counted; throws TRACE_INVALID with the first of them if they are most lines.
 */
export async function importClf(file: string, options: ClfImportOptions): Promise<ImportResult> {
  const events = new EventTable();
  const leftOut = new LeftOut();
  const sizes = new Map<string, number>();
  const bad = { count: 0, first: 0 };
  let last = 0;
  for await (const { line, text } of readLines(file, 'lenient')) {
    if (text.trim() === '') continue;
    last = line;
    const request = readLogLine(text.trimEnd());
    if (request === null) {
      bad.count++;
      bad.first ||= line;
      if (bad.count > FEW_LINES && bad.count * 2 > line) throw noLog(file, bad.first);
    } else take(request, options, { events, leftOut, sizes });
    if (line % 10_000 === 0) options.onProgress(events.size);
  }
  if (bad.count * 2 > last) throw noLog(file, bad.first);
  if (events.size === 0) throw traceInvalid({ file, line: last }, 'no request of a page is left of this log');
  leftOut.add('lines that are no log lines', bad.count);
  const name = options.name ?? basename(file).replace(/(\.log)?(\.gz)?$/, '');
  const meta = { name, licence: options.licence, train: false, writes: [], creates: [], outside: [] };
  return { trace: { meta, events, relations: [], sizes }, leftOut: leftOut.counts };
}

interface Found {
  readonly events: EventTable;
  readonly leftOut: LeftOut;
  readonly sizes: Map<string, number>;
}

function take(request: LogRequest, options: ClfImportOptions, { events, leftOut, sizes }: Found): void {
  const item = pathOf(request.target);
  const reason = whyNot(request, item, options);
  if (reason !== null) {
    leftOut.add(reason);
    return;
  }
  const user = options.naming(
    request.agent === '' ? request.host : `${request.host} ${request.agent}`.slice(0, 500),
  );
  events.add({ user, item, type: 'view', timeS: request.timeS, device: null });
  if (request.status === 200 && request.bytes !== null) sizes.set(item, request.bytes);
}

function whyNot(request: LogRequest, item: string, options: ClfImportOptions): string | null {
  if (request.method !== 'GET') return 'requests that are no GET';
  if (request.status !== 200 && request.status !== 304) return 'requests that failed or were redirected';
  if (!isId(item)) return 'paths longer than 512 bytes';
  if (!options.allPaths && noPage.test(item)) return 'requests for images, scripts and other parts of pages';
  if (!options.keepBots && bot.test(request.agent)) return 'requests by programs';
  return null;
}

/** The path of a request's target, decoded where it can be, without query and fragment. */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '') || '/';
  try {
    return decodeURI(path);
  } catch {
    return path; // percent signs that encode nothing are part of the name
  }
}

function noLog(file: string, firstBad: number): Error {
  const place = { file, line: firstBad };
  return traceInvalid(
    place,
    'most lines are not in the Common or Combined Log Format; this is the first of them',
  );
}
