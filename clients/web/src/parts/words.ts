/** How people read figures. */

/** Between a figure and its unit no line is broken. */
const GAP = '\u00a0';

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes}${GAP}B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)}${GAP}kB`;
  return `${(bytes / 1_000_000).toFixed(1)}${GAP}MB`;
}

export function msText(ms: number): string {
  return ms > 0 && ms < 10 ? `${ms.toFixed(1)}${GAP}ms` : `${Math.round(ms)}${GAP}ms`;
}

/** A probability. */
export function percentText(share: number): string {
  const percent = share * 100;
  return percent < 1 ? `under 1${GAP}%` : `${Math.round(percent)}${GAP}%`;
}

/** A duration, roughly. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds}${GAP}s` : `${Math.round(seconds / 60)}${GAP}min`;
}

/** Folder and name of a path-like item: `src/`, `app.ts`. */
export function pathParts(item: string): { readonly folder: string; readonly name: string } {
  const cut = item.lastIndexOf('/') + 1;
  return { folder: item.slice(0, cut), name: item.slice(cut) };
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
