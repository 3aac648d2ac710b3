#!/usr/bin/env node
import { runProcess } from './process.js';

/** Process entry of the command `foresync`. */
await runProcess(process.argv.slice(2));
