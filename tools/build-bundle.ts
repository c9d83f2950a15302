// Bundles src/ into dist/: main.js (the program), worker.js (its threads), one chunk per lazily imported command, the
// scanner's WebAssembly beside them, and the licences of the packages that ended up inside.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RolldownOutput, rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await buildBundle();

async function buildBundle(): Promise<void> {
  // Written beside dist/ and then renamed: a program that is running meanwhile never sees half a bundle.
  const fresh = join(root, `dist.${process.pid}.tmp`);
  mkdirSync(fresh);
  try {
    const output = await bundle(fresh);
    chmodSync(join(fresh, 'main.js'), 0o755);
    copyFileSync(join(root, 'build/scanner.wasm'), join(fresh, 'scanner.wasm'));
    writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licencesOf(output));
    replaceFolder(dist, fresh);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function bundle(dir: string): Promise<RolldownOutput> {
  const build = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', worker: 'src/engine/worker.ts' },
    platform: 'node',
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const output = await build.write({
    dir,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // The flag saves 110 MB, as bin/audicia says.
    banner: (chunk) => (chunk.fileName === 'main.js' ? '#!/usr/bin/env -S node --max-semi-space-size=4' : ''),
  });
  await build.close();
  return output;
}

/** The licence texts of all bundled packages, each once, by package name. */
function licencesOf(output: RolldownOutput): string {
  const texts = new Map<string, string>();
  for (const item of output.output) {
    if (item.type !== 'chunk') continue;
    for (const id of item.moduleIds) {
      const match = /^(.*[/\\]node_modules[/\\])((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id);
      if (match?.[2] !== undefined && !texts.has(match[2])) texts.set(match[2], licenceOf(match[0]));
    }
  }
  const names = [...texts.keys()].sort();
  return names.map((name) => `${name}\n${'-'.repeat(name.length)}\n${texts.get(name)}\n`).join('\n');
}

/** A package's own licence text; for one that only names Apache-2.0, the text that this project carries as well. */
function licenceOf(packageDir: string): string {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license']) {
    const path = join(packageDir, name);
    if (existsSync(path)) return readFileSync(path, 'utf8');
  }
  const { license } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { license?: string };
  if (license === 'Apache-2.0') return readFileSync(join(root, 'LICENSE'), 'utf8');
  throw new Error(`no licence text in ${packageDir}: it may not be bundled without one`);
}

function replaceFolder(target: string, fresh: string): void {
  const old = join(dirname(target), `dist.${process.pid}.old.tmp`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}
