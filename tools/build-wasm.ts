// Compiles the scanner (src/flow/decode/wasm, AssemblyScript) to build/scanner.wasm. The same sources give the same bytes.
// Does nothing when the result is newer than every source, this file and the compiler.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mostPages } from '../src/flow/decode/scanner.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/flow/decode/wasm');
const target = join(root, 'build/scanner.wasm');

// Named by a variable: the compiler's own declarations would redefine `console` and more for the whole project.
const compiler: string = 'assemblyscript/asc';

type Compile = (argv: string[]) => Promise<{ error: Error | null; stdout: object; stderr: object }>;

if (!isFresh()) await build();

function isFresh(): boolean {
  if (!existsSync(target)) return false;
  const built = statSync(target).mtimeMs;
  const inputs = [
    ...readdirSync(sources).map((name) => join(sources, name)),
    fileURLToPath(import.meta.url),
    // For `mostPages`.
    join(root, 'src/flow/decode/scanner.ts'),
    join(root, 'node_modules/assemblyscript/package.json'),
  ];
  return inputs.every((input) => statSync(input).mtimeMs < built);
}

async function build(): Promise<void> {
  mkdirSync(join(root, 'build'), { recursive: true });
  // Loading the compiler takes longer than finding out that there is nothing to do.
  const { main: compile } = (await import(compiler)) as { main: Compile };
  // Written beside the target and then renamed: whoever reads it meanwhile never sees half of it.
  const fresh = `scanner.${process.pid}.tmp`;
  const { error, stdout, stderr } = await compile([
    'src/flow/decode/wasm/index.ts',
    '--baseDir',
    root,
    '--outFile',
    join('build', fresh),
    '--optimizeLevel',
    '3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd,threads',
    '--importMemory',
    '--noExportMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    String(mostPages),
  ]);
  process.stdout.write(stdout.toString());
  process.stderr.write(stderr.toString());
  if (error !== null) {
    process.exitCode = 1;
    return;
  }
  renameSync(join(root, 'build', fresh), target);
}
