// Builds, type-checks, lints and runs every test. The last line on standard output is `N passed, N failed, N skipped`:
// tests as the test runner counted them, and among the failed also each step before the tests that failed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of the test runner's JSON report (Jest's format) that is counted. */
interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));

process.exitCode = checkAll();

function checkAll(): number {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const steps: [string, string[]][] = [
    ['build', ['npm', 'run', '-s', 'build']],
    ['types', ['tsc', '-p', '.']],
    ['lint', ['biome', 'check', '--error-on-warnings', '.']],
  ];
  for (const [name, command] of steps) {
    if (!runStep(name, command)) counts.failed += 1;
  }
  runTests(counts);
  const sound = counts.failed === 0 && counts.skipped === 0 && counts.passed > 0;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return sound ? 0 : 1;
}

function runStep(name: string, command: readonly string[]): boolean {
  const start = performance.now();
  const ok = run(command);
  console.log(`${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return ok;
}

function runTests(counts: Counts): void {
  const folder = mkdtempSync(join(tmpdir(), 'audicia-check-'));
  try {
    const file = join(folder, 'report.json');
    const ok = run(['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
    countTests(JSON.parse(readFileSync(file, 'utf8')) as TestReport, counts);
    // A failure outside any test: an unhandled rejection, a worker that died.
    if (!ok && counts.failed === 0) counts.failed += 1;
  } catch (error) {
    console.error(`tests: no report (${error instanceof Error ? error.message : String(error)})`);
    counts.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countTests(report: TestReport, counts: Counts): void {
  for (const file of report.testResults) {
    // A file that could not be loaded has no tests to count, and is a failure all the same.
    if (file.assertionResults.length === 0 && file.status !== 'passed') counts.failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
  }
}

function run(command: readonly string[]): boolean {
  const [program, ...args] = command;
  const result = spawnSync(program as string, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error) console.error(`${command.join(' ')}: ${result.error.message}`);
  return result.status === 0;
}
