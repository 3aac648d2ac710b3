import { folderOf, joined } from './file-index.js';
import type { Language } from './language.js';

const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const patterns = [
  /^[ \t]*(?:import|export)\b[^'"`;]{0,4000}?\bfrom\s*['"](\.{1,2}(?:\/[^'"\n]*)?)['"]/gm,
  /^[ \t]*import\s*['"](\.{1,2}(?:\/[^'"\n]*)?)['"]/gm,
  /\b(?:require|import)\s*\(\s*['"](\.{1,2}(?:\/[^'"\n]*)?)['"]\s*[,)]/g,
];

/** JavaScript and TypeScript: relative `import`, `export … from`, `import()` and `require()`. */
export const javascript: Language = {
  extensions: [...endings, '.vue', '.svelte'],
  *imports(path, source, files) {
    for (const pattern of patterns) {
      for (const [, specifier = ''] of source.matchAll(pattern)) {
        const base = joined(folderOf(path), specifier);
        const found = base === null ? null : files.firstOf(candidates(base));
        if (found !== null) yield found;
      }
    }
  },
};

/** As Node, bundlers and TypeScript would look; `./x.js` may be written as `x.ts`. */
function* candidates(base: string): Generator<string> {
  yield base;
  for (const ending of endings) yield base + ending;
  const written = /^(.*)\.([mc]?)jsx?$/.exec(base);
  if (written !== null) {
    const [, stem = '', kind = ''] = written;
    yield* [`${stem}.${kind}ts`, `${stem}.tsx`, `${stem}.d.${kind}ts`];
  }
  yield* [`${base}.d.ts`, `${base}.json`, `${base}.vue`, `${base}.svelte`];
  for (const ending of endings) yield base === '' ? `index${ending}` : `${base}/index${ending}`;
}
