import { createHash } from 'node:crypto';

/** A word of a command. */
export type Word = string | number | Uint8Array;

/** An atomic step on the server. Its head comment says what goes in, what comes out and what it guarantees. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
  /** Whether it may change something. */
  readonly writes: boolean;
}

/**
 * A script that sees the word of the process that it runs on as ARGV[1]; its own arguments begin at ARGV[2]. Every key is
 * declared and of one slot. It may be run again after an answer that was lost: then it has the effect of once.
 */
export function script(name: string, access: 'reads' | 'writes', lua: string): Script {
  const text = lua.trim();
  return { name, lua: text, sha: createHash('sha1').update(text).digest('hex'), writes: access === 'writes' };
}

/** One run of a script. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly [string, ...string[]];
  readonly args: readonly Word[];
  /** Index of the argument that says how often the call was sent before. */
  readonly countAt?: number;
}
