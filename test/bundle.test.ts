// Holds what the built program promises before it does anything: it needs no package at run time, a command loads only what
// it uses, and bin/audicia finds a Node that can run it from wherever it is called.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const launcher = join(root, 'bin/audicia');

/** A module of the bundle: what it imports at once, and what only when asked. */
function importsOf(chunk: string): { readonly atOnce: string[]; readonly later: string[] } {
  const code = readFileSync(join(dist, chunk), 'utf8');
  const atOnce = [...code.matchAll(/^(?:import|export)\s[^;]*?["']([^"'\n]+)["'];?$/gm)].map(
    (match) => match[1] as string,
  );
  const later = [...code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g)].map((match) => match[1] as string);
  return { atOnce, later };
}

/** The chunks that are loaded before anything runs. */
function loadedAtStart(entry: string): Set<string> {
  const loaded = new Set<string>([entry]);
  for (const chunk of loaded) {
    for (const name of importsOf(chunk).atOnce) if (name.startsWith('./')) loaded.add(name.slice(2));
  }
  return loaded;
}

/** The packages whose code stands in a chunk, as its source map tells; a chunk that only passes on has none. */
function packagesIn(chunk: string): string[] {
  if (!existsSync(join(dist, `${chunk}.map`))) return [];
  const map = JSON.parse(readFileSync(join(dist, `${chunk}.map`), 'utf8')) as { sources: string[] };
  const names = map.sources.map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function chunkNames(): string[] {
  if (!existsSync(dist)) throw new Error('dist/ is missing: run npm run build');
  return readdirSync(dist).filter((name) => name.endsWith('.js'));
}

describe('the bundle', () => {
  it('imports nothing but its own chunks and Node', () => {
    const chunks = chunkNames();
    const foreign = chunks.flatMap((chunk) => {
      const { atOnce, later } = importsOf(chunk);
      return [...atOnce, ...later].filter((name) => !name.startsWith('./') && !isBuiltin(name));
    });

    expect(chunks).toContain('main.js');
    expect(chunks).toContain('worker.js');
    expect(foreign).toEqual([]);
  });

  it('loads no large package before a command runs', () => {
    const packages = [...loadedAtStart('main.js')].flatMap(packagesIn);

    expect(packages).toEqual(['@stricli/core']);
  });

  it('loads each command only when it runs', () => {
    const { later } = [...loadedAtStart('main.js')].map(importsOf).reduce((all, next) => ({
      atOnce: [],
      later: [...all.later, ...next.later],
    }));

    for (const command of ['generate', 'usage', 'explain', 'verify', 'diff', 'can-i']) {
      expect(
        later.some((name) => name.startsWith(`./${command}`)),
        command,
      ).toBe(true);
    }
  });

  it('carries the scanner and the licences of what is inside', () => {
    const inside = new Set(chunkNames().flatMap(packagesIn));
    const licences = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');

    expect(() => new WebAssembly.Module(readFileSync(join(dist, 'scanner.wasm')))).not.toThrow();
    for (const name of inside) expect(licences).toContain(`${name}\n${'-'.repeat(name.length)}\n`);
  });
});

describe('bin/audicia', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audicia launcher '));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** A checkout without node_modules whose program says its arguments, and a PATH whose node says it is `version`. */
  function checkoutWithNode(version: string): { readonly path: string; readonly launcher: string } {
    for (const part of ['bin', 'dist', 'path', 'tools']) mkdirSync(join(folder, part));
    for (const file of ['bin/audicia', 'tools/with-node']) copyFileSync(join(root, file), join(folder, file));
    writeFileSync(join(folder, 'dist/main.js'), '');
    const node = join(folder, 'path/node');
    writeFileSync(
      node,
      `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else shift 2; printf '<%s>' "$@"; fi\n`,
    );
    chmodSync(node, 0o755);
    return { path: `${join(folder, 'path')}:/usr/bin:/bin`, launcher: join(folder, 'bin/audicia') };
  }

  it('runs through a symbolic link, from another folder, below a name with spaces', () => {
    mkdirSync(join(folder, 'some where'));
    symlinkSync(launcher, join(folder, 'first'));
    symlinkSync('../first', join(folder, 'some where/second'));

    const result = spawnSync(join(folder, 'some where/second'), ['--version'], { cwd: folder, encoding: 'utf8' });

    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(result.stdout.trim()).toBe(version);
    expect(result.status).toBe(0);
  });

  it('prefers the Node that the checkout brought along', () => {
    const checkout = checkoutWithNode('v20.20.2');
    mkdirSync(join(folder, 'node_modules/node-any-platform/bin'), { recursive: true });
    const own = join(folder, 'node_modules/node-any-platform/bin/node');
    writeFileSync(own, '#!/bin/sh\necho own\n');
    chmodSync(own, 0o755);

    const result = spawnSync(checkout.launcher, [], { env: { PATH: checkout.path }, encoding: 'utf8' });

    expect(result.stdout).toBe('own\n');
  });

  it.each(['v22.18.0', 'v24.1.0', 'v100.0.0'])(
    'falls back to the Node %s of the PATH, arguments untouched',
    (version) => {
      const checkout = checkoutWithNode(version);

      const result = spawnSync(checkout.launcher, ['a b', '', '*'], { env: { PATH: checkout.path }, encoding: 'utf8' });

      expect(result.stdout).toBe('<a b><><*>');
      expect(result.status).toBe(0);
    },
  );

  it.each(['v20.20.2', 'v22.17.9', 'nonsense'])('refuses the Node %s of the PATH with a sentence', (version) => {
    const checkout = checkoutWithNode(version);

    const result = spawnSync(checkout.launcher, ['--help'], { env: { PATH: checkout.path }, encoding: 'utf8' });

    expect(result.stderr).toMatch(/^audicia: .*npm ci\n$/);
    expect(result.stderr).toContain(version);
    expect(result.status).toBe(126);
  });

  it('says how to build when it is not built', () => {
    const checkout = checkoutWithNode('v24.0.0');
    rmSync(join(folder, 'dist'), { recursive: true });

    const result = spawnSync(checkout.launcher, [], { env: { PATH: checkout.path }, encoding: 'utf8' });

    expect(result.stderr).toBe(`audicia: not built yet. Run this in ${folder}: npm ci && npm run build\n`);
    expect(result.status).toBe(126);
  });
});
