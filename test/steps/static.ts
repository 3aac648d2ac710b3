import { contractIsCompatible } from './breaking.js';
import { errorPageIsCurrent } from './error-page.js';
import { generatedCodeIsCurrent } from './generated.js';
import { namesAreRight } from './names.js';
import { check, succeeds } from './step.js';

/** The checks that run nothing of ours. */
export const staticSteps = [
  check('static', 'format', () => succeeds('biome', ['format'])),
  check('static', 'lint', () => succeeds('eslint', ['.', '--max-warnings', '0'])),
  check('static', 'types', () => succeeds('tsc', ['--noEmit'])),
  check('static', 'types of the client', () => succeeds('tsc', ['--noEmit', '-p', 'clients/typescript'])),
  check('static', 'types of pages', () => succeeds('tsc', ['--noEmit', '-p', 'test/browser/page'])),
  check('static', 'types of the demo', () => succeeds('tsc', ['--noEmit', '-p', 'clients/web'])),
  check('static', 'layers', () =>
    succeeds('depcruise', ['--config', '.dependency-cruiser.cjs', 'src', 'proto/ts', 'clients', 'ranking']),
  ),
  check('static', 'names', namesAreRight),
  check('static', 'buf lint', () => succeeds('buf', ['lint'])),
  check('static', 'buf breaking', contractIsCompatible),
  check('static', 'generated code', generatedCodeIsCurrent),
  check('static', 'error page', errorPageIsCurrent),
];
