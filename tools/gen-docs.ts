// Brings docs/commands/ up to date: flag tables from the commands' definitions, and the output of every example by running
// it. `node tools/gen-docs.ts` rewrites the pages; test/cli/docs.test.ts fails when they are not what it would write.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, RouteMap } from '@stricli/core';
import { routes } from '../src/cli/app.ts';
import { type FlagReference, flagsOf } from '../src/cli/command-reference.ts';
import type { CliContext } from '../src/cli/context.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pagesFolder = join(root, 'docs/commands');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of renderPages()) writeFileSync(page.path, page.fresh);
}

export interface Page {
  readonly path: string;
  readonly current: string;
  /** What the page should say. */
  readonly fresh: string;
}

/** Every page as it is and as it should be. Runs the examples. */
export function renderPages(): Page[] {
  const place = makePlace();
  try {
    return readdirSync(pagesFolder)
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => {
        const path = join(pagesFolder, name);
        const current = readFileSync(path, 'utf8');
        return { path, current, fresh: withExamples(withFlags(current), place) };
      });
  } finally {
    rmSync(place.folder, { recursive: true, force: true });
  }
}

/** `<!-- flags: usage show -->` ... `<!-- /flags -->`: the table between them is made anew. */
function withFlags(text: string): string {
  return text.replace(
    /(<!-- flags: ([a-z -]+) -->\n)[\s\S]*?(<!-- \/flags -->)/g,
    (_, start: string, path: string, end: string) => {
      return `${start}${flagTable(flagsOf(findCommand(path.split(' '))))}${end}`;
    },
  );
}

function findCommand(path: readonly string[]): Command<CliContext> {
  let target: Command<CliContext> | RouteMap<CliContext> | undefined = routes;
  for (const word of path) {
    const name = word.replace(/-./g, (part) => (part[1] as string).toUpperCase());
    target =
      target !== undefined && 'getRoutingTargetForInput' in target ? target.getRoutingTargetForInput(name) : undefined;
  }
  if (target === undefined || !('parameters' in target)) throw new Error(`no command "${path.join(' ')}"`);
  return target;
}

function flagTable(flags: readonly FlagReference[]): string {
  const rows = flags.map(({ name, short, value, repeatable, brief, fallback }) => {
    const typed = `${short === '' ? '' : `${short}, `}${name}${value === '' ? '' : ` ${value}`}`;
    const text = `${brief}${fallback === '' ? '' : ` (default ${fallback})`}.${repeatable && !brief.includes('repeated') ? ' May be repeated.' : ''}`;
    return `| \`${typed.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} |\n`;
  });
  return `| flag | meaning |\n|---|---|\n${rows.join('')}`;
}

interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder that looks like the checkout to examples, with `audicia` on its PATH; what they write goes with it. */
function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'audicia-docs-'));
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'audicia'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/main.ts')}' "$@"\n`);
  chmodSync(join(bin, 'audicia'), 0o755);
  return { folder, env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, NO_COLOR: '1' } };
}

/** A block ```console whose lines start with `$ ` is run line by line, and what follows each is what it printed. */
function withExamples(text: string, place: Place): string {
  return text.replace(/(```console\n)([\s\S]*?)(```)/g, (_, start: string, block: string, end: string) => {
    const commands = block.split('\n').filter((line) => line.startsWith('$ '));
    return start + commands.map((line) => `${line}\n${run(line.slice(2), place)}`).join('') + end;
  });
}

/** What a command prints on both streams, in the order of printing; its exit status is part of it when it is not 0. */
function run(command: string, { folder, env }: Place): string {
  const script = `{ ${command}\n} 2>&1; code=$?; [ $code -eq 0 ] || echo "(exit status $code)"`;
  return execFileSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' }).replace(/[ \t]+$/gm, '');
}
