import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is right; fails naming it after `limitMs`. What fails to answer is asked again too. */
export async function eventually(
  holds: () => Promise<boolean>,
  what: string,
  limitMs = 20_000,
): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    if (await holds().catch(() => false)) return;
    await sleep(50);
  }
  throw new Error(`waited ${limitMs} ms in vain: ${what}`);
}
