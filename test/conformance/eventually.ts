import { setTimeout as sleep } from 'node:timers/promises';

/** How long a client may take to do what a script expects, ms: longer than any wait between two attempts to connect. */
export const PATIENCE_MS = 8_000;

/** Waits for what `look` finds. Rejects with `otherwise`, or what it makes. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  otherwise: string | (() => string),
): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(3);
    if (Date.now() > deadline) throw new Error(typeof otherwise === 'string' ? otherwise : otherwise());
  }
}
