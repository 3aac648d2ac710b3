import assert from 'node:assert/strict';
import { FileIndex, joined, upwards } from '../../../../src/replay/import/relations/file-index.js';
import { importsOf, isSource } from '../../../../src/replay/import/relations/scan.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function imports(path: string, source: string, ...files: string[]): string[] {
  return [...importsOf(path, bytes(source), new FileIndex([path, ...files]))];
}

describe('replay/import/relations', () => {
  it('finds what JavaScript and TypeScript import, only relative and only what exists', () => {
    const source = `
      import a from './a.js';
      import type { B } from '../b';
      import {
        c,
        d,
      } from "./c";
      import './side-effect';
      export * from './re';
      const x = require('./cjs'); const y = await import('./lazy.mjs');
      import gone from './gone'; import express from 'express';
      import self from './main'; import out from '../../../outside';
      const text = "import z from './z'";
    `;
    assert.deepEqual(
      imports(
        'src/main.ts',
        source,
        ...['src/a.ts', 'b.tsx', 'src/c/index.ts', 'src/side-effect.js', 'src/re.mts'],
        ...['src/cjs.cjs', 'src/lazy.mjs', 'src/z.ts', 'express.ts'],
      ).sort(),
      [
        'b.tsx',
        'src/a.ts',
        'src/c/index.ts',
        'src/cjs.cjs',
        'src/lazy.mjs',
        'src/re.mts',
        'src/side-effect.js',
      ],
    );
  });

  it('resolves a folder to its index, also the root', () => {
    assert.deepEqual(imports('a/b.js', `import x from '..';`, 'index.ts', 'a/index.js'), ['index.ts']);
    assert.deepEqual(imports('a/b.js', `import y from '.';`, 'index.ts', 'a/index.js'), ['a/index.js']);
  });

  it('finds Python modules: absolute, below src, relative, submodules, packages', () => {
    const source = [
      'import os, pkg.util as u, pkg.gone',
      'from pkg.deep import leaf, other',
      'from . import sibling  # comment',
      'from ..top import (',
      '    thing,  # a name in the module',
      ')',
      'from .  import missing',
      'import lib',
      'text = "import pkg.text"',
    ].join('\n');
    assert.deepEqual(
      imports(
        'pkg/sub/main.py',
        source,
        ...['pkg/util.py', 'pkg/deep/__init__.py', 'pkg/deep/leaf.py', 'pkg/sub/sibling.py'],
        ...['pkg/top.py', 'src/lib/__init__.py', 'pkg/text.py', 'pkg/sub/__init__.pyi'],
      ).sort(),
      [
        'pkg/deep/__init__.py',
        'pkg/deep/leaf.py',
        'pkg/sub/__init__.pyi',
        'pkg/sub/sibling.py',
        'pkg/top.py',
        'pkg/util.py',
        'src/lib/__init__.py',
      ],
    );
    assert.deepEqual(imports('a.py', 'from ...x import y', 'x.py'), []);
  });

  it('finds Go packages by the longest end of the path that is a folder', () => {
    const source =
      'package main\nimport "fmt"\nimport (\n\tx "example.org/me/repo/v3/store"\n\t"example.org/me/repo/api"\n\t"net/http"\n)\n';
    assert.deepEqual(
      imports(
        'main.go',
        source,
        'store/a.go',
        'store/store.go',
        'api/a_test.go',
        'api/b.go',
        'net/http/x.go',
      ),
      ['store/store.go', 'api/b.go'],
    );
    assert.deepEqual(imports('main.go', 'import "example.org/other"', 'store/a.go'), []);
  });

  it('finds Rust modules', () => {
    assert.deepEqual(
      imports(
        'src/lib.rs',
        'mod a;\npub(crate) mod b;\nmod inline { }\nuse crate::a::deep::Thing;\nuse self::b::X;',
        'src/a.rs',
        'src/b/mod.rs',
        'src/a/deep.rs',
      ),
      ['src/a.rs', 'src/b/mod.rs', 'src/a/deep.rs'],
    );
    assert.deepEqual(
      imports(
        'src/a/deep.rs',
        'use super::other::Y;\nuse crate::b::{X};\nuse super::super::c;\nuse std::io;',
        'src/a/other.rs',
        'src/b.rs',
        'src/main.rs',
        'src/c.rs',
      ),
      ['src/a/other.rs', 'src/b.rs', 'src/c.rs'],
    );
    assert.deepEqual(imports('x.rs', 'use crate::a;\nuse super::super::super::b;', 'a.rs', 'b.rs'), []);
  });

  it('finds C headers beside the file, above it, and in include folders', () => {
    const source =
      '#include "near.h"\n# include <lib/far.h>\n#include "util/x.hpp"\n#include <stdio.h>\n#include "../up.h"\n';
    assert.deepEqual(
      imports(
        'core/a/x.c',
        source,
        'core/a/near.h',
        'include/lib/far.h',
        'core/util/x.hpp',
        'core/up.h',
        'stdio.h',
      ),
      ['core/a/near.h', 'include/lib/far.h', 'core/util/x.hpp', 'core/up.h'],
    );
  });

  it('finds Java classes in any source root, nested and static ones by their outer class', () => {
    const source =
      'package a.b;\nimport a.b.C;\nimport static a.d.Util.help;\nimport java.util.List;\nimport a.e.*;\n';
    assert.deepEqual(
      imports(
        'app/src/main/java/a/b/Main.java',
        source,
        'app/src/main/java/a/b/C.java',
        'old/long/way/src/a/b/C.java',
        'lib/a/d/Util.java',
      ).sort(),
      ['app/src/main/java/a/b/C.java', 'lib/a/d/Util.java'],
    );
  });

  it('reads no binary and no huge file, and no unknown language', () => {
    const files = new FileIndex(['x.ts', 'y.ts']);
    assert.deepEqual([...importsOf('x.ts', bytes(`import './y';\0`), files)], []);
    assert.deepEqual([...importsOf('x.txt', bytes(`import './y';`), files)], []);
    assert.deepEqual(
      [...importsOf('x.ts', Uint8Array.of(0xff, 0xfe, ...bytes(`\nimport './y';`)), files)],
      ['y.ts'],
    );
    assert.equal(isSource('x.ts', 1 << 20), false);
    assert.equal(isSource('Makefile', 10), false);
    assert.equal(isSource('a.b/c.rs', 10), true);
  });

  it('ends soon on text that tempts a backtracking pattern', () => {
    const hostile = `import ${'{ a, '.repeat(60_000)}\n${'export '.repeat(20_000)}`;
    assert.deepEqual(imports('x.ts', hostile), []);
    assert.deepEqual(
      imports('x.py', `import ${'a,'.repeat(100_000)}!\nfrom . import (${'x,\n'.repeat(50_000)}`),
      [],
    );
    assert.deepEqual(imports('x.go', `import (${'x\n'.repeat(100_000)}`), []);
  });

  it('knows its paths', () => {
    assert.equal(joined('a/b', '../c/./d'), 'a/c/d');
    assert.equal(joined('a', '../../b'), null);
    assert.deepEqual([...upwards('a/b')], ['a/b', 'a', '']);
  });
});
