// What the operating system says about a file -> a sentence that names it.

const sentenceByCode = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist: a part of its path is not a directory'],
  ['EACCES', 'cannot be read: permission denied'],
  ['EPERM', 'cannot be read: the system does not permit it'],
  ['EISDIR', 'is a directory'],
  ['ELOOP', 'cannot be read: its symbolic links go round in a circle'],
  ['ENAMETOOLONG', 'does not exist: its name is too long'],
  ['EMFILE', 'cannot be read: this process has too many open files'],
  ['EIO', 'cannot be read: the disk or network reports an input/output error'],
  ['ESTALE', 'cannot be read: the network file system lost it'],
]);

/** `file "audit.log" does not exist`; falls back to the system's own words. */
export function describeIoError(path: string, error: unknown): string {
  const sentence = sentenceByCode.get(codeOf(error));
  if (sentence !== undefined) return `file "${path}" ${sentence}`;
  const words = error instanceof Error ? error.message : String(error);
  return `file "${path}" cannot be read: ${words}`;
}

/** Whether the operating system refused something, as opposed to a defect in the program. */
export function isIoError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** Whether the error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
