// The names that were given -> the paths to look at: folders are walked and patterns expanded, in an order that depends
// on names alone.
import { globSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { byCodeUnit } from '../../base/order.ts';
import type { InputProblem } from './input.ts';
import { describeIoError, isMissing } from './io-error.ts';
import { byRotation, looksLikeLog } from './log-names.ts';

/**
 * How deep folders are walked. Azure's archive of diagnostic logs has 15 levels
 * (resourceId=/SUBSCRIPTIONS/…/y=/m=/d=/h=/m=/PT1H.json).
 */
const deepestFolder = 24;

const globMagic = /[*?[{]/;

export interface FoundPaths {
  /** `-` for standard input. Not all of them need to be readable, or files. */
  readonly paths: readonly string[];
  readonly problems: readonly InputProblem[];
}

/** Expands each argument in turn. A name that exists is that file, whatever characters are in it. */
export function findFiles(args: readonly string[]): FoundPaths {
  const paths: string[] = [];
  const problems: InputProblem[] = [];
  for (const arg of args) {
    if (arg === '-' || arg === '/dev/stdin') paths.push('-');
    else expand(arg, paths, problems);
  }
  return { paths, problems };
}

function expand(arg: string, paths: string[], problems: InputProblem[]): void {
  const folder = isFolder(arg);
  if (folder === true) {
    if (!walk(arg, 0, paths, problems)) problems.push({ kind: 'no-logs', path: arg, message: noLogsMessage(arg) });
    return;
  }
  if (folder === false) {
    paths.push(arg);
    return;
  }
  const isPattern = isMissing(folder) && globMagic.test(arg);
  if (!isPattern) {
    problems.push(cannotRead(arg, folder));
    return;
  }
  const matches = expandGlob(arg);
  if (matches.length === 0) {
    problems.push({ kind: 'missing', path: arg, message: `no file matches the pattern "${arg}"` });
  }
  for (const path of matches) {
    // As a shell would hand them over: a folder that matches stands for the logs in it; one without any is no mistake.
    if (isFolder(path) === true) walk(path, 0, paths, problems);
    else paths.push(path);
  }
}

/** Hidden files match only where the pattern names the dot, as in a shell. `**` goes down any number of folders. */
function expandGlob(pattern: string): string[] {
  const showsHidden = /(?:^|[/\\{,])\.[^./\\]/.test(pattern);
  const isHidden = (path: string) => path.split(sep).some((part) => /^\.[^.]/.test(part));
  const matches = globSync(pattern).filter((path) => showsHidden || !isHidden(path));
  const isDeep = pattern.includes('**');
  const files = isDeep ? matches.filter((path) => isFolder(path) !== true) : matches;
  return files.sort((a, b) => byCodeUnit(dirname(a), dirname(b)) || byRotation(basename(a), basename(b)));
}

/** Whether a folder holds logs, at any depth; they are added to `paths`: its own first, then those of its folders. */
function walk(folder: string, depth: number, paths: string[], problems: InputProblem[]): boolean {
  let entries: { files: string[]; folders: string[] };
  try {
    entries = listFolder(folder);
  } catch (error) {
    problems.push(cannotRead(folder, error));
    return true;
  }
  for (const name of entries.files) paths.push(join(folder, name));
  let holdsLogs = entries.files.length > 0;
  if (depth === deepestFolder) return holdsLogs;
  for (const name of entries.folders) holdsLogs = walk(join(folder, name), depth + 1, paths, problems) || holdsLogs;
  return holdsLogs;
}

/** Links to files are followed (container logs are links), links to folders are not: they can go round in circles. */
function listFolder(folder: string): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.')) folders.push(entry.name);
      continue;
    }
    const isFile = entry.isFile() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name)) !== true);
    if (isFile && looksLikeLog(entry.name)) files.push(entry.name);
  }
  return { files: files.sort(byRotation), folders: folders.sort(byCodeUnit) };
}

/** Whether a path is a folder; the error when it cannot be looked at. */
function isFolder(path: string): boolean | Error {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    return error as Error;
  }
}

function cannotRead(path: string, error: unknown): InputProblem {
  return { kind: isMissing(error) ? 'missing' : 'unreadable', path, message: describeIoError(path, error) };
}

function noLogsMessage(folder: string): string {
  return `directory "${folder}" holds no logs (files named .log, .json, .jsonl, .ndjson or .txt, rotated or compressed)`;
}
