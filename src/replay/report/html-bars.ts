import { escaped } from './format.js';
import { tint } from './html-style.js';

/** One bar: its parts are shares (0 to 1) of the track, drawn one after the other. */
export interface Bar {
  readonly policy: string;
  readonly parts: readonly { readonly share: number; readonly tone: 'solid' | 'wasted' | 'outline' }[];
  readonly value: string;
  readonly isBest: boolean;
}

/** Horizontal bars with their names and values as text, so that nothing is told by length or colour alone. */
export function bars(list: readonly Bar[]): string {
  return `<div class="bars">${list.map(bar).join('')}</div>`;
}

function bar({ policy, parts, value, isBest }: Bar): string {
  const drawn = parts.map(({ share, tone }) => {
    const width = (Math.min(1, Math.max(0, share)) * 100).toFixed(2);
    return `<i${tone === 'solid' ? '' : ` class="${tone}"`} style="width:${width}%"></i>`;
  });
  const name = `<span class="name${isBest ? ' best' : ''}">${escaped(policy)}</span>`;
  const track = `<span class="track" ${tint(policy)} aria-hidden="true">${drawn.join('')}</span>`;
  return `${name}${track}<span class="value${isBest ? ' best' : ''}">${escaped(value)}</span>`;
}
