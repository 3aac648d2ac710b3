/**
 * `npm run demo:web`: a page in the browser on a live server that has seen two years of recorded work. Makes what it needs,
 * prints where the page is, and cleans up at Ctrl-C.
 */
import { WebDemo } from './demo/web-demo.js';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());

console.log('The bundled record is played to a live server first; that takes about half a minute.');
try {
  const demo = await WebDemo.start({ signal: ended.signal, onProgress: told });
  console.log(`\nOpen ${demo.url} in a browser. Ctrl-C ends it.`);
  await new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
  await demo.stop();
} catch (error) {
  if (!ended.signal.aborted) throw error;
}

function told(done: number, total: number): void {
  const tenth = (count: number): number => Math.floor((count * 10) / total);
  if (tenth(done) > tenth(done - 1)) process.stderr.write(`${tenth(done) * 10} % `);
}
