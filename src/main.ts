import { runProcess } from './cli/process.js';

/** Process entry of a server, for images and supervisors: `node dist/main.js` is `foresync serve`, set by variables. */
await runProcess(['serve', ...process.argv.slice(2)]);
