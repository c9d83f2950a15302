// The names that were given -> the inputs to read, each content once, in an order that depends on names and content
// alone; and a sentence for every name that adds nothing.
import { type Stats, statSync } from 'node:fs';
import { AudiciaError } from '../../base/errors.ts';
import { detectCompression, findForeignFormat } from './compression.ts';
import { type HeadedFile, leaveOutCopies } from './copies.ts';
import { findFiles } from './find-files.ts';
import { readHead, sourceOfHead } from './fingerprint.ts';
import type { CoveredInput, FileInput, Input, InputProblem, ResolvedInputs, StreamInput } from './input.ts';
import { describeIoError, isIoError, isMissing } from './io-error.ts';

type Found = { readonly headed: HeadedFile } | { readonly stream: StreamInput } | { readonly problem: InputProblem };

/**
 * Finds the inputs that `args` name: files, folders, patterns, `-` for standard input. Problems of one name do not stop
 * the others. Throws AudiciaError when nothing is left to read: `no-events` when there are only empty files,
 * `unreadable-input` when there are files and none can be read, `no-input` when there are none; with every problem in
 * the message.
 */
export async function resolveInputs(args: readonly string[], signal?: AbortSignal): Promise<ResolvedInputs> {
  if (args.length === 0) {
    const hint = 'Name files, folders or patterns, or - for standard input.';
    throw new AudiciaError('no-input', 'no audit log was given', { hint });
  }
  const { paths, problems: notFound } = findFiles(args);
  const problems: InputProblem[] = [...notFound];
  const covered: CoveredInput[] = [];
  const headed: HeadedFile[] = [];
  const inputs: Input[] = [];
  const pathByIdentity = new Map<string, string>();
  for (const path of paths) {
    signal?.throwIfAborted();
    const found = await inspect(path);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const input = 'headed' in found ? found.headed.file : found.stream;
    const identity = input.kind === 'file' ? input.inode : input.path;
    const by = pathByIdentity.get(identity);
    if (by !== undefined) {
      covered.push({ path, by, how: 'same-file' });
      continue;
    }
    pathByIdentity.set(identity, path);
    inputs.push(input);
    if ('headed' in found) headed.push(found.headed);
  }
  const copies = await leaveOutCopies(headed, signal);
  const keptByPath = new Map(copies.kept.map((file) => [file.path, file]));
  const kept = inputs.flatMap((input) => (input.kind === 'stream' ? input : (keptByPath.get(input.path) ?? [])));
  if (kept.length === 0) throw nothingToRead(problems);
  return { inputs: kept, covered: [...covered, ...copies.covered], problems };
}

async function inspect(path: string): Promise<Found> {
  if (path === '-') return { stream: { kind: 'stream', path } };
  try {
    const stats = statSync(path);
    if (stats.isFIFO()) return { stream: { kind: 'stream', path } };
    if (!stats.isFile()) return { problem: notAFile(path, stats) };
    return await inspectFile(path, stats);
  } catch (error) {
    if (!isIoError(error)) throw error;
    const kind = isMissing(error) ? 'missing' : 'unreadable';
    return { problem: { kind, path, message: describeIoError(path, error) } };
  }
}

async function inspectFile(path: string, stats: Stats): Promise<Found> {
  const { compression, bytes, damage } = await readHead(path);
  const problem = (kind: InputProblem['kind'], what: string) => ({
    problem: { kind, path, message: `file "${path}"${what}` },
  });
  if (bytes.length === 0)
    return damage === undefined ? problem('empty', ' is empty') : problem('damaged', `: ${damage}`);
  const foreign = findForeignFormat(bytes);
  if (foreign !== undefined) {
    return problem('unreadable', ` is ${foreign.name}, which Audicia does not read: ${foreign.advice}`);
  }
  if (compression !== 'none' && detectCompression(bytes) !== 'none') {
    return problem('unreadable', ' is compressed twice: decompress it once first');
  }
  // Files of /proc and of some mounts have no size and yet a content: they are read to wherever they end.
  if (stats.size === 0) return { stream: { kind: 'stream', path } };
  const source = sourceOfHead(bytes);
  const file: FileInput = { kind: 'file', path, source, compression, sizeBytes: stats.size, inode: inodeOf(stats) };
  return { headed: { file, head: bytes } };
}

/** What tells one file from another on this machine, whatever its name. */
export function inodeOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

function notAFile(path: string, stats: Stats): InputProblem {
  if (path === '/dev/null') return { kind: 'empty', path, message: `file "${path}" is empty` };
  const what = stats.isSocket() ? 'a socket' : stats.isDirectory() ? 'a directory' : 'a device';
  return { kind: 'unreadable', path, message: `"${path}" is ${what}, not a log` };
}

function nothingToRead(problems: readonly InputProblem[]): AudiciaError {
  const message = problems.map((problem) => problem.message).join('; ');
  const kinds = new Set(problems.map((problem) => problem.kind));
  if (kinds.has('unreadable') || kinds.has('damaged')) return new AudiciaError('unreadable-input', message);
  if (kinds.has('missing') || kinds.has('no-logs')) return new AudiciaError('no-input', message);
  return new AudiciaError('no-events', message);
}
