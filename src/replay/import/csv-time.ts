/** Numbers from here on are milliseconds: as seconds they would be the year 5138, as milliseconds they are 1973. */
const MILLISECONDS_FROM = 1e11;

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Seconds since the epoch of an epoch time in seconds or milliseconds, or of an ISO 8601 time (UTC where it names no
 * zone); null if it is neither, or before 1970.
 */
export function readTime(text: string): number | null {
  const trimmed = text.trim();
  const timeS = /^\d+(\.\d+)?$/.test(trimmed) ? epochSeconds(Number(trimmed)) : isoSeconds(trimmed);
  return Number.isFinite(timeS) && timeS >= 0 ? timeS : null;
}

function epochSeconds(number: number): number {
  return number >= MILLISECONDS_FROM ? number / 1000 : number;
}

function isoSeconds(text: string): number {
  const [, date, clock = '00:00', zone = 'Z'] = iso.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  return Date.parse(`${date}T${clock.replace(',', '.')}${offset}`) / 1000;
}
