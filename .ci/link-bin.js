// Lets `npx foresync` run from a checkout: npm links the commands of dependencies, never those of the root package itself.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const binFolder = 'node_modules/.bin';
const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const [name, target] of Object.entries(bin)) {
  if (!existsSync(target)) {
    console.log(`${name}: not linked, there is no ${target}`);
    continue;
  }
  mkdirSync(binFolder, { recursive: true });
  chmodSync(target, 0o755);
  if (process.platform === 'win32') writeShim(name, target);
  else link(name, target);
}

function link(name, target) {
  rmSync(join(binFolder, name), { force: true });
  symlinkSync(relative(binFolder, target), join(binFolder, name));
}

function writeShim(name, target) {
  writeFileSync(join(binFolder, `${name}.cmd`), `@node "${resolve(target)}" %*\r\n`);
}
