/** How people read figures. */

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function msText(ms: number): string {
  if (ms === 0) return '0 ms';
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** A probability. */
export function percentText(share: number): string {
  const percent = share * 100;
  // A space that no line is broken at.
  return percent < 1 ? 'under 1\u00a0%' : `${Math.round(percent)}\u00a0%`;
}

/** A duration, roughly. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Folder and name of a path-like item: `src/`, `app.ts`. */
export function pathParts(item: string): { readonly folder: string; readonly name: string } {
  const cut = item.lastIndexOf('/') + 1;
  return { folder: item.slice(0, cut), name: item.slice(cut) };
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
