// Files -> disk, all of them or none that was begun. The one file of the pure stages that touches a file system.
import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AudiciaError } from '../../base/errors.ts';
import { byCodeUnit, sortedUnique } from '../../base/order.ts';
import type { OutputFile } from './policy-files.ts';
import { fileMark } from './policy-yaml.ts';

/** Paths relative to the root, each in the order given. */
export interface WrittenTree {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Audicia's own files beside those, from other runs: of subjects that are not in this one. They are left as they are. */
  readonly left: readonly string[];
}

/** Files that are looked at to find those left from other runs. */
const filesLookedAt = 10_000;

interface Staged {
  readonly target: string;
  readonly temporary: string;
}

/**
 * Writes the files below `root`, making folders as needed. Nothing is replaced before every new content lies on disk beside
 * its target; then each is renamed into place. A file whose content is the same is not touched. When `signal` aborts before
 * the renaming, or anything fails, what was begun is removed and nothing has changed. Throws AudiciaError
 * `unwritable-output` when a target is somebody else's file or cannot be written, `interrupted` when aborted.
 */
export async function writeTree(
  root: string,
  files: readonly OutputFile[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<WrittenTree> {
  const tree = { created: [] as string[], changed: [] as string[], unchanged: [] as string[] };
  const toWrite: OutputFile[] = [];
  for (const file of files) {
    const before = await readExisting(join(root, file.path));
    if (before === file.content) {
      tree.unchanged.push(file.path);
      continue;
    }
    if (before !== undefined && !isOwn(before)) throw foreignFile(join(root, file.path));
    tree[before === undefined ? 'created' : 'changed'].push(file.path);
    toWrite.push(file);
  }
  const staged: Staged[] = [];
  try {
    const folders = new Set(toWrite.map((file) => dirname(join(root, file.path))));
    for (const folder of folders) await makeFolder(folder, options.signal);
    for (const file of toWrite) staged.push(await stage(join(root, file.path), file.content, options.signal));
    stopIfAborted(options.signal);
    for (const { target, temporary } of staged) await rename(temporary, target);
  } catch (cause) {
    for (const { temporary } of staged) await rm(temporary, { force: true });
    throw cause instanceof AudiciaError ? cause : unwritable(root, cause);
  }
  return { ...tree, left: await findLeft(root, files) };
}

/** Looks where the layout puts files: `<folder>/<namespace>/<file>.yaml`, in the folders that were written to. */
async function findLeft(root: string, files: readonly OutputFile[]): Promise<string[]> {
  const written = new Set(files.map(({ path }) => path));
  const left: string[] = [];
  let lookedAt = 0;
  for (const folder of sortedUnique(files.map(({ path }) => path.split('/', 1)[0] as string))) {
    for (const namespace of await entriesOf(join(root, folder))) {
      if (!namespace.isDirectory()) continue;
      for (const file of await entriesOf(join(root, folder, namespace.name))) {
        const path = `${folder}/${namespace.name}/${file.name}`;
        if (!file.isFile() || !file.name.endsWith('.yaml') || written.has(path)) continue;
        if (++lookedAt > filesLookedAt) return left;
        if (isOwn((await readExisting(join(root, path))) ?? '')) left.push(path);
      }
    }
  }
  return left;
}

/** In code-unit order. What cannot be listed holds nothing that was written by this user. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodeUnit(a.name, b.name));
  } catch {
    return [];
  }
}

/** A file that Audicia wrote: by its first line, or, exported from a report by kubectl, by the label of its objects. */
function isOwn(content: string): boolean {
  return content.startsWith(fileMark) || /^ {4}app\.kubernetes\.io\/managed-by: audicia$/m.test(content);
}

async function readExisting(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw unwritable(path, cause);
  }
}

async function makeFolder(path: string, signal: AbortSignal | undefined): Promise<void> {
  stopIfAborted(signal);
  await mkdir(path, { recursive: true });
}

/** Writes beside the target, so that the rename stays within one file system. */
async function stage(target: string, content: string, signal: AbortSignal | undefined): Promise<Staged> {
  stopIfAborted(signal);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, content, { flag: 'wx' });
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  return { target, temporary };
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AudiciaError('interrupted', 'Interrupted: nothing was written.');
}

function foreignFile(path: string): AudiciaError {
  return new AudiciaError('unwritable-output', `${path} was not written by audicia, so it is left as it is`, {
    hint: 'Choose another --out, or move the file away.',
  });
}

function unwritable(path: string, cause: unknown): AudiciaError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new AudiciaError('unwritable-output', `${path} cannot be written${code}`, { cause });
}

function hasCode(cause: unknown, code: string): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === code;
}
