import { registerImport } from './import.js';
import { registerReplay } from './replay.js';
import type { Register } from './terminal.js';

/** Every command of `foresync`, in the order of its help. */
export const commands: readonly Register[] = [registerReplay, registerImport];
