// What container runtimes write around a line that a container printed: docker's JSON, and the prefix of CRI runtimes. Both
// cut long lines into pieces (docker at 16 KiB).
import { fieldOf, type JsonObject } from '../../base/json-fields.ts';
import type { Part } from './parts.ts';

// `2026-11-20T10:00:00.123456789Z stdout F rest`; tags after the F or P are allowed by the CRI and never used.
const criPrefix = /^\d{4}-\d\d-\d\dT[0-9:.]{8,24}(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::[^ ]{0,64})? /;

/** Docker's `{"log": "…\n", "stream": "stdout", "time": …}`; `undefined` when the object is something else. */
export function partsOfDockerLine(object: JsonObject): readonly Part[] | undefined {
  const log = fieldOf(object, 'log');
  const stream = fieldOf(object, 'stream');
  if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
  return [{ as: 'output', text: log, stream, isWhole: log.endsWith('\n') }];
}

/** The rest of a line behind a CRI prefix; `undefined` when it has none. */
export function partOfCriLine(line: string): Part | undefined {
  const match = criPrefix.exec(line.slice(0, 160));
  if (match === null) return undefined;
  const text = line.slice(match[0].length);
  return { as: 'output', text, stream: match[1] as string, isWhole: match[2] === 'F' };
}
