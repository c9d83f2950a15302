// Folders and files of manifests -> the RBAC objects in them. What cannot be used is a problem with its place, and the
// rest is used all the same.
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AudiciaError } from '../../base/errors.ts';
import { byCodeUnit } from '../../base/order.ts';
import { type ManifestProblem, parseManifests } from '../../rbac/manifests.ts';
import type { RbacObject } from '../../rbac/objects.ts';
import { plural } from '../quantities.ts';
import type { Terminal } from '../terminal.ts';
import { readText, whyNot } from './read-text.ts';
import { warn } from './run-summary.ts';

export interface RbacInput {
  /** In the order of paths, and within a file of the text. */
  readonly objects: readonly RbacObject[];
  /** Documents and objects that could not be used. */
  readonly broken: number;
  readonly problems: readonly ManifestProblem[];
}

/** Problems told one by one. */
const problemsShown = 10;
/** Folders within folders: deeper is a mistake, or a loop of mounts. */
const deepest = 32;

/**
 * Reads manifests from files and folders (`.yaml`, `.yml`, `.json`, with subfolders; names that start with a dot are
 * passed over, as are symbolic links to folders), `-` for standard input. Throws AudiciaError `no-input` when a path does
 * not exist, or when there is no manifest file at all.
 */
export function readRbac(paths: readonly string[]): RbacInput {
  const files = paths.flatMap((path) => manifestFiles(path));
  if (files.length === 0) {
    throw new AudiciaError('no-input', `There are no manifests (.yaml, .yml, .json) in ${paths.join(', ')}.`);
  }
  const objects: RbacObject[] = [];
  const problems: ManifestProblem[] = [];
  for (const file of files) {
    const manifests = parseManifests(readText(file), file);
    for (const object of manifests.objects) objects.push(object);
    for (const problem of manifests.problems) problems.push(problem);
  }
  return { objects, broken: problems.length, problems };
}

/** Tells the problems on stderr, the first ones with their places. */
export function reportManifests({ problems }: Pick<RbacInput, 'problems'>, terminal: Terminal): void {
  for (const { file, document, line, message } of problems.slice(0, problemsShown)) {
    warn(terminal, `${file} line ${line} (document ${document}): ${message}`);
  }
  const rest = problems.length - problemsShown;
  if (rest > 0) warn(terminal, `${plural(rest, 'more problem')} in these manifests.`);
}

function manifestFiles(path: string): string[] {
  if (path === '-') return [path];
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw new AudiciaError('no-input', `Cannot read ${path}: ${whyNot(cause)}.`, { cause });
  }
  return isFolder ? filesIn(path, deepest) : [path];
}

function filesIn(folder: string, depth: number): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new AudiciaError('unreadable-input', `Cannot read ${folder}: ${whyNot(cause)}.`, { cause });
  }
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => byCodeUnit(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) files.push(...filesIn(path, depth - 1));
    else if (/\.(ya?ml|json)$/i.test(entry.name) && isFile(path, entry)) files.push(path);
  }
  return files;
}

function isFile(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
