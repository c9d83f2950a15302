// Leaves out files whose content another file holds: plain and compressed copies, and copies that were taken while the
// log was still growing (copy-truncate).
import { byCodeUnit } from '../../base/order.ts';
import { digestContent, headBytes, sourceOfHead } from './fingerprint.ts';
import type { CoveredInput, FileInput } from './input.ts';

/** A file and its first plain bytes: all of them when there are fewer than `headBytes`. */
export interface HeadedFile {
  readonly file: FileInput;
  readonly head: Uint8Array;
}

/** A file that stays, or the one that holds its content. */
type Verdict = { readonly kept: FileInput } | { readonly by: FileInput; readonly how: 'copy' | 'prefix' };

/**
 * Files that are to be read, in their order, and those that are left out. A file counts as a copy only after all of its
 * content was compared. Of equal ones the uncompressed is kept, then the first. Files that begin alike and then differ
 * are all kept, the shorter ones under a source of their own.
 */
export async function leaveOutCopies(
  files: readonly HeadedFile[],
  signal?: AbortSignal,
): Promise<{ kept: FileInput[]; covered: CoveredInput[] }> {
  const verdicts = new Map<FileInput, Verdict>();
  settleShort(files, verdicts);
  for (const group of groupByHead(files)) await settleGroup(group, verdicts, signal);

  const kept: FileInput[] = [];
  const covered: CoveredInput[] = [];
  for (const { file } of files) {
    const verdict = verdicts.get(file);
    if (verdict === undefined) kept.push(file);
    else if ('kept' in verdict) kept.push(verdict.kept);
    else covered.push({ path: file.path, by: keeperOf(file, verdicts).path, how: verdict.how });
  }
  return { kept, covered };
}

function keeperOf(file: FileInput, verdicts: ReadonlyMap<FileInput, Verdict>): FileInput {
  let keeper = file;
  for (let verdict = verdicts.get(file); verdict !== undefined && 'by' in verdict; verdict = verdicts.get(keeper)) {
    keeper = verdict.by;
  }
  return keeper;
}

/** Files that are all head: the heads alone tell whether another file begins with all of one. */
function settleShort(files: readonly HeadedFile[], verdicts: Map<FileInput, Verdict>): void {
  const sorted = files.map(({ file, head }, index) => ({ file, index, text: Buffer.from(head).toString('latin1') }));
  // In sorted order, whatever begins with a text stands right behind it. Among equals the one to keep stands last.
  sorted.sort((a, b) => byCodeUnit(a.text, b.text) || isPlain(a.file) - isPlain(b.file) || b.index - a.index);
  for (const [index, { file, text }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || text.length === headBytes || !next.text.startsWith(text)) continue;
    verdicts.set(file, { by: next.file, how: next.text.length === text.length ? 'copy' : 'prefix' });
  }
}

/** Longer files with the same head, where there are several; in the order in which they were given. */
function groupByHead(files: readonly HeadedFile[]): FileInput[][] {
  const fileBySource = new Map<string, FileInput[]>();
  for (const { file, head } of files) {
    if (head.length < headBytes) continue;
    const group = fileBySource.get(file.source);
    if (group === undefined) fileBySource.set(file.source, [file]);
    else group.push(file);
  }
  return [...fileBySource.values()].filter((group) => group.length > 1);
}

/** Compares files by the hashes of their content: each against the longest one, up to its own length. */
async function settleGroup(
  group: readonly FileInput[],
  verdicts: Map<FileInput, Verdict>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let rest: { file: FileInput; length: number; digest: string }[] = [];
  for (const file of group) rest.push({ file, ...(await digestContent(file.path, [], signal)) });
  rest.sort((a, b) => b.length - a.length || isPlain(b.file) - isPlain(a.file));
  let isFirst = true;
  while (rest.length > 0) {
    const [longest, ...shorter] = rest as [(typeof rest)[number], ...typeof rest];
    // One source stands for one content: a file that goes on differently is told by all of it.
    const source = isFirst
      ? longest.file.source
      : sourceOfHead(Buffer.from(`${longest.file.source} ${longest.digest}`));
    isFirst = false;
    verdicts.set(longest.file, { kept: { ...longest.file, source } });
    const lengths = shorter.filter((other) => other.length < longest.length).map((other) => other.length);
    const beginnings = lengths.length === 0 ? undefined : await digestContent(longest.file.path, lengths, signal);
    rest = [];
    for (const other of shorter) {
      const isCopy = other.length === longest.length;
      const digest = isCopy ? longest.digest : beginnings?.digestByLength.get(other.length);
      if (digest === other.digest) verdicts.set(other.file, { by: longest.file, how: isCopy ? 'copy' : 'prefix' });
      else rest.push(other);
    }
  }
}

function isPlain(file: FileInput): number {
  return Number(file.compression === 'none');
}
