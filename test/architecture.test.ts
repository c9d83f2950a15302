// Holds the rules that ARCHITECTURE.md states about files and imports. It reads import lines as text: a rule that needed
// a compiler to check would be too clever to follow.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each part of src/ may import beside itself. A stage is named `flow/<stage>`; `stage` stands for all of them. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  rbac: ['base'],
  'flow/types': ['base', 'rbac'],
  stage: ['base', 'rbac', 'flow/types'],
  'flow/pipeline': ['base', 'rbac', 'flow/types', 'stage'],
  'flow/derive-policies': ['base', 'rbac', 'flow/types', 'stage'],
  crd: ['base', 'rbac', 'flow/types'],
  engine: ['base', 'rbac', 'flow/types', 'stage', 'flow/pipeline', 'crd'],
  cli: ['base', 'rbac', 'flow/types', 'stage', 'flow/pipeline', 'flow/derive-policies', 'crd', 'engine'],
  main: ['base', 'cli'],
};

/** Parts that compute and nothing else: no file, network, clock, randomness or process. */
const pureParts = new Set(
  ['base', 'rbac', 'flow/types', 'flow/pipeline', 'flow/derive-policies', 'crd'].concat(
    ['decode', 'attribute', 'aggregate', 'synthesise', 'evaluate', 'report', 'export'].map((stage) => `flow/${stage}`),
  ),
);

/** Node's modules that pure parts may use all the same: part or file, module, and why. */
const pureExceptions: readonly { readonly where: string; readonly module: string; readonly why: string }[] = [
  { where: '', module: 'node:crypto', why: 'createHash computes' },
  { where: 'src/flow/decode', module: 'node:zlib', why: 'compressed messages inside a record' },
  {
    where: 'src/flow/export/write-tree.ts',
    module: 'node:fs/promises',
    why: 'the one file that writes what export rendered',
  },
  { where: 'src/flow/export/write-tree.ts', module: 'node:fs', why: 'the same: a type of its answers' },
  { where: 'src/flow/export/write-tree.ts', module: 'node:path', why: 'the same' },
];

const impureCalls =
  /\b(?:Date\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|crypto\.random|randomUUID\(|setTimeout\(|setInterval\(|setImmediate\(|fetch\(|console\.|process\.)/;

interface SourceFile {
  /** From the checkout's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  readonly imports: readonly string[];
}

const sources = filesUnder('src', '.ts').filter((path) => !path.startsWith('src/flow/decode/wasm/'));
const allFiles = sources.map(readSource);
const files = allFiles.filter((file) => !file.path.endsWith('.test.ts'));

describe('the architecture', () => {
  it('has sources to check', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(10);
  });

  it('imports point one way: base, rbac <- types <- stages <- pipeline <- engine <- cli <- main', () => {
    const violations = files.flatMap((file) =>
      relativeImports(file)
        .filter((target) => !isAllowed(partOf(file.path), partOf(target)))
        .map((target) => `${file.path} imports ${target}`),
    );

    expect(violations).toEqual([]);
  });

  it('threads load nothing of what lies behind the usage table', () => {
    const loaded = new Set(['src/engine/worker.ts']);
    for (const path of loaded) {
      const file = files.find((each) => each.path === path);
      for (const target of file === undefined ? [] : relativeImports(file)) loaded.add(target);
    }
    const behind = /^src\/flow\/(?:derive-policies|synthesise|evaluate|report|export)\b/;

    expect(loaded.size).toBeGreaterThan(10);
    expect([...loaded].filter((path) => behind.test(path))).toEqual([]);
  });

  it('pure parts import none of what touches the world', () => {
    const violations = files
      .filter((file) => pureParts.has(partOf(file.path)))
      .flatMap((file) =>
        file.imports
          .filter((name) => name.startsWith('node:') && !isPureException(file.path, name))
          .map((name) => `${file.path} imports ${name}`),
      );

    expect(violations).toEqual([]);
  });

  it('pure parts read no clock, no randomness, no process', () => {
    const violations = files
      .filter((file) => pureParts.has(partOf(file.path)) && impureCalls.test(file.code))
      .map((file) => `${file.path} uses ${impureCalls.exec(file.code)?.[0]}`);

    expect(violations).toEqual([]);
  });

  it('Node modules are named with node:', () => {
    const bare =
      /^(?:fs|path|os|url|util|crypto|zlib|stream|worker_threads|child_process|events|http|https|net)(?:\/|$)/;
    const violations = allFiles.flatMap((file) => file.imports.filter((name) => bare.test(name)).map(() => file.path));

    expect(violations).toEqual([]);
  });

  it('each vendor package is imported in one folder', () => {
    const foldersByPackage = new Map<string, Set<string>>();
    for (const file of files) {
      for (const name of file.imports.filter(isPackage)) {
        const folders = foldersByPackage.get(packageOf(name)) ?? new Set();
        foldersByPackage.set(packageOf(name), folders.add(partOf(file.path)));
      }
    }

    const violations = [...foldersByPackage].filter(([, folders]) => folders.size > 1);
    expect(violations.map(([name, folders]) => `${name}: ${[...folders].join(', ')}`)).toEqual([]);
  });

  it('no barrel files, and relative imports name the file with its .ts', () => {
    const barrels = sources.filter((path) => path.endsWith('/index.ts'));
    const bare = allFiles.flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith('.') && !/\.(?:ts|json)$/.test(name))
        .map((name) => `${file.path}: ${name}`),
    );

    expect([...barrels, ...bare]).toEqual([]);
  });

  it('process.env is read in main.ts and cli/ only', () => {
    const violations = files
      .filter((file) => file.code.includes('process.env') && !['main', 'cli'].includes(partOf(file.path)))
      .map((file) => file.path);

    expect(violations).toEqual([]);
  });

  it('no module keeps mutable state', () => {
    const violations = files.filter((file) => /^(?:export )?(?:let|var) /m.test(file.code)).map((file) => file.path);

    expect(violations).toEqual([]);
  });

  it('names are kebab-case', () => {
    const names = ['src', 'test', 'bench', 'tools'].flatMap((folder) => filesUnder(folder, '.ts'));
    const violations = names.filter(
      (path) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?\.ts$/.test(path),
    );

    expect(violations).toEqual([]);
  });

  it('each source file opens with a comment that says what it is for', () => {
    const violations = files.filter((file) => !/^(?:#!.*\n)?\/[/*]/.test(file.text)).map((file) => file.path);

    expect(violations).toEqual([]);
  });

  it('links in documents lead somewhere', () => {
    const documents = [
      ...['docs', 'adr', 'examples'].flatMap((folder) => filesUnder(folder, '.md')),
      ...topLevelFiles(),
    ];
    const violations = documents
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => brokenLinks(path).map((link) => `${path}: ${link}`));

    expect(violations).toEqual([]);
  });

  it('no file names a place outside the checkout, nor a package registry', () => {
    const forbidden = [['..', 'shared'].join('/'), ['', 'work', ''].join('/'), ['registry', 'npmjs'].join('.')];
    const folders = ['src', 'test', 'bench', 'tools', 'docs', 'examples', 'adr', 'bin', '.ci'];
    const paths = [...folders.flatMap((folder) => filesUnder(folder, '')), ...topLevelFiles()];
    const violations = paths
      .filter((path) => !path.startsWith('test/corpus/') && !path.startsWith('bench/data/'))
      .flatMap((path) => {
        const text = readFileSync(join(root, path), 'utf8');
        return forbidden.filter((name) => text.includes(name)).map((name) => `${path} mentions ${name}`);
      });

    expect(violations).toEqual([]);
  });
});

function isAllowed(from: string, to: string): boolean {
  if (from === to) return true;
  const allowed = mayImport[isStage(from) ? 'stage' : from] ?? [];
  return allowed.includes(isStage(to) ? 'stage' : to);
}

function isStage(part: string): boolean {
  return part.startsWith('flow/') && !(part in mayImport);
}

/** `base`, `flow/decode`, `flow/types`, `main`: the part of src/ that a file belongs to. */
function partOf(path: string): string {
  const [, first = '', second = ''] = path.replace(/\.ts$/, '').split('/');
  return first === 'flow' ? `flow/${second}` : first;
}

function isPureException(path: string, module: string): boolean {
  return pureExceptions.some((exception) => path.startsWith(exception.where) && exception.module === module);
}

function isPackage(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('node:');
}

function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

/** The files that a file imports, from the checkout's root, package.json left out. */
function relativeImports(file: SourceFile): string[] {
  return file.imports
    .filter((name) => name.startsWith('.') && !name.endsWith('.json'))
    .map((name) => normalize(join(dirname(file.path), name)).replaceAll('\\', '/'));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  // Comments are cut where they start a line or follow a space, so that `https://` in a string stays whole.
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const statements = code.matchAll(/^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s+)?['"]([^'"\n]+)['"]/gm);
  const calls = code.matchAll(/\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g);
  return { path, text, code, imports: [...statements, ...calls].map((match) => match[1] as string) };
}

/** Relative links of a Markdown file whose file, or heading in it, does not exist. */
function brokenLinks(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? join(root, path) : join(root, dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !headingsOf(target).includes(anchor);
  });
}

/** The anchors of a Markdown file's headings, as forges make them. */
function headingsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ +(.+)$/gm);
  return [...headings].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function topLevelFiles(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:md|json|ts)$|^\.(?:npmrc|gitignore)$/.test(entry.name))
    .map((entry) => entry.name);
}
