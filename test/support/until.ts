import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds; fails naming it after `limitMs`. */
export async function until(holds: () => boolean, what: string, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await sleep(10);
  }
}
