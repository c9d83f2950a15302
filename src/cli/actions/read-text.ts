// Small files -> text: manifests, saved usage, an AudiciaSource.
import { readFileSync } from 'node:fs';
import { AudiciaError } from '../../base/errors.ts';

/** The text of a file, `-` for standard input. Throws AudiciaError `unreadable-input`. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new AudiciaError('unreadable-input', `Cannot read ${path}: ${whyNot(cause)}.`, { cause });
  }
}

/** A system error in words, without the path and the call that Node adds. */
export function whyNot(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return sentences[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space is left',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists already',
};
