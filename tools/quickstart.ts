// The README's first command, after the installation: builds, runs the main job on a bundled real log, shows one of the
// policies it wrote, and says what to look at next.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = 'quickstart-out';

/** Lines of a manifest that are shown: enough for a policy that fits on a screen. */
const shownLines = 70;

process.exitCode = quickstart();

function quickstart(): number {
  console.log('Building Audicia ...');
  const build = run(['npm', 'run', '-s', 'build']);
  if (build !== 0) return build;
  rmSync(join(root, out), { recursive: true, force: true });

  console.log(`\n$ bin/audicia generate examples/audit.log --out ${out}\n`);
  const generated = run([join(root, 'bin/audicia'), 'generate', 'examples/audit.log', '--out', out]);
  if (generated !== 0) return generated;

  const shown = exampleManifest();
  if (shown) console.log(`\n$ cat ${shown}\n\n${firstLines(readFileSync(join(root, shown), 'utf8'))}`);
  console.log(`
What to look at next
  ${out}/                    the manifests, one file per subject and namespace
  bin/audicia explain a/sa --log examples/audit.log
                                     why each rule is there
  bin/audicia usage examples/audit.log
                                     who did what, with the evidence
  bin/audicia generate YOUR-AUDIT.log --out policies
                                     the same for your cluster
  bin/audicia --help, docs/getting-started.md`);
  return 0;
}

/** The manifests of the log's main ServiceAccount, or whatever was written first. */
function exampleManifest(): string | undefined {
  const files = readdirSync(join(root, out), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  return files.find((path) => /[/\\]sa-rbac\.yaml$/.test(path)) ?? files[0];
}

function firstLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  if (lines.length <= shownLines) return lines.join('\n');
  return [...lines.slice(0, shownLines), `... ${lines.length - shownLines} more lines`].join('\n');
}

function run(command: readonly string[]): number {
  const result = spawnSync(command[0] as string, command.slice(1), { cwd: root, stdio: 'inherit' });
  return result.status ?? 1;
}
