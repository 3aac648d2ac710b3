import { execFileSync } from 'node:child_process';
import { succeeds } from './step.js';

/** No change since main breaks a client of before. Passes, and says so, where there is no earlier contract to compare with. */
export async function contractIsCompatible(): Promise<boolean> {
  const earlier = earlierContract();
  if (earlier === undefined) {
    console.log('buf breaking: skipped, no earlier contract in main or origin/main');
    return true;
  }
  const repository = git('rev-parse', '--path-format=absolute', '--git-common-dir') ?? '.git';
  return succeeds('buf', ['breaking', '--against', `${repository}#format=git,ref=${earlier}`]);
}

/** The commit to compare with: main, or origin/main where main is what is checked out (and origin/main exists). */
function earlierContract(): string | undefined {
  const head = git('rev-parse', 'HEAD');
  const found = ['main', 'origin/main'].flatMap(
    (branch) => git('rev-parse', '--verify', `${branch}^{commit}`) ?? [],
  );
  const withContract = found.filter(
    (commit) => git('cat-file', '-e', `${commit}:proto/foresync`) !== undefined,
  );
  return withContract.find((commit) => commit !== head) ?? withContract[0];
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
