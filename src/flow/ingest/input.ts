// What ingest knows of the places bytes come from: each input once, and what became of every name that was given.
import type { InputIdentity } from '../types.ts';
import type { Compression } from './compression.ts';

/** A regular file, looked at once: it is read up to the size it had then, whatever is appended later. */
export interface FileInput extends InputIdentity {
  readonly kind: 'file';
  readonly compression: Compression;
  /** Bytes on disk, compressed as they may be. */
  readonly sizeBytes: number;
  /** Device and inode: what tells that a file was rotated away between looking and reading. */
  readonly inode: string;
}

/** Standard input, a pipe, or a file without a size: read once, front to back. `source` and compression are known when it is read. */
export interface StreamInput {
  readonly kind: 'stream';
  readonly path: string;
}

export type Input = FileInput | StreamInput;

/** Why a name that was given added nothing (or not everything) to the result. */
export type InputProblemKind =
  | 'missing' // no such file, no match for a pattern
  | 'no-logs' // a folder without logs
  | 'unreadable' // no permission, a device, a compression that is not read, an I/O error
  | 'empty' // nothing in it
  | 'changed' // rotated away or cut short while it was being read
  | 'damaged'; // a compressed file that ends early or is corrupt

export interface InputProblem {
  readonly kind: InputProblemKind;
  /** As the user wrote it, or as it was found in a folder. */
  readonly path: string;
  /** A whole sentence that names the path. */
  readonly message: string;
}

/** A file that was not read because another one holds all of its content. */
export interface CoveredInput {
  readonly path: string;
  readonly by: string;
  /** `same-file`: one file under two names; `copy`: the same content; `prefix`: the other continues it. */
  readonly how: 'same-file' | 'copy' | 'prefix';
}

export interface ResolvedInputs {
  readonly inputs: readonly Input[];
  readonly covered: readonly CoveredInput[];
  readonly problems: readonly InputProblem[];
}
