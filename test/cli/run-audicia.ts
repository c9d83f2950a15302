// Runs the real program as a child process, in a temporary folder, and returns all that it said.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file of test/corpus. */
export function corpus(name: string): string {
  return join(root, 'test/corpus', name);
}

/** The log of the real API server. */
export const apiServerLog = corpus('apiserver-v1.37.1.jsonl');

/** A folder for the length of the test file; the caller removes it. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'audicia-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `audicia` with the arguments, from sources, to its end. */
export async function audicia(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = startAudicia(args, options);
  const output = collect(child);
  child.stdin.on('error', () => {
    // A program that ends before it has read its input is judged by its exit status.
  });
  child.stdin.end(options.input ?? '');
  return output;
}

/** Starts it, with its standard input open. */
export function startAudicia(args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: options.cwd ?? root,
    env: { ...env, ...options.env },
  });
}

/** Everything a child says until it ends. */
export function collect(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
