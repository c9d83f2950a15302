// Text -> a file that is there whole or not at all.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AudiciaError } from '../../base/errors.ts';
import { whyNot } from './read-text.ts';

/**
 * Writes a file by way of a second one beside it, so that a reader (or a crash) never sees half of it. Devices and pipes
 * are written to directly. Throws AudiciaError `unwritable-output`.
 */
export function writeWhole(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    if (isSpecial(path)) writeFileSync(path, text);
    else replaceFile(path, temporary, text);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new AudiciaError('unwritable-output', `Cannot write ${path}: ${whyNot(cause)}.`, { cause });
  }
}

function replaceFile(path: string, temporary: string, text: string): void {
  const file = openSync(temporary, 'wx', 0o666);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile();
}
