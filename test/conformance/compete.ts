import type { Contestant } from './clients.js';
import { play } from './play.js';
import type { Script } from './script.js';

/** How a client did. */
export interface Result {
  readonly name: string;
  /** What it lacks on this machine; it played nothing then. */
  readonly skipped: string | undefined;
  /** Why, by script. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Every client plays the scripts, all clients at the same time: most of it is waiting. What goes wrong is told on standard
 * error at once. Rejects, when all have ended, if a client could not be started.
 */
export async function competeAll(
  contestants: readonly Contestant[],
  scripts: readonly Script[],
): Promise<readonly Result[]> {
  const ended = await Promise.allSettled(contestants.map((contestant) => compete(contestant, scripts)));
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** One script after the other. */
async function compete(contestant: Contestant, scripts: readonly Script[]): Promise<Result> {
  const failures = new Map<string, string>();
  const { name, missing } = contestant;
  const driver = await contestant.start();
  if (driver === undefined) return { name, skipped: missing, failures };
  try {
    for (const script of scripts) {
      try {
        await play(script, driver);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        console.error(`${name}, ${script.name}: ${why}`);
        failures.set(script.name, why);
      }
    }
  } finally {
    await driver.stop();
  }
  return { name, skipped: undefined, failures };
}
