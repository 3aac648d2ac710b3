/** `12.3 %`, or a dash for what was not measured. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits)} %`;
}

/** `.384`, as REPLAY.md writes shares; a dash for what was not measured. */
export function share(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits).replace(/^(-?)0\./, '$1.');
}

/** `1.4 MB`, with decimal units; a dash for what was not measured. */
export function bytes(count: number | null): string {
  if (count === null) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toPrecision(2)} ${units[unit] ?? ''}`;
}

/** `12,345`; a dash for what was not measured. */
export function whole(count: number | null): string {
  return count === null ? '–' : Math.round(count).toLocaleString('en');
}

/** Text for an HTML page or attribute. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

/** A day in UTC, for example `2024-05-01`. */
export function day(timeS: number): string {
  return new Date(timeS * 1000).toISOString().slice(0, 10);
}
