// Lines that hold an event behind a prefix: CloudWatch's S3 export (`<time> {…}`) and `aws logs tail`
// (`<time> <stream> {…}`).
import { auditStreamPrefix } from './cloudwatch.ts';
import { parseMicros } from './parse-micros.ts';
import { type Part, skipped } from './parts.ts';

// A stream's name has at most 512 characters and holds no blank in EKS.
const prefix = /^(\d{4}-\d\d-\d\dT[0-9:.]{8,24}(?:Z|[+-]\d\d:\d\d)) (?:([^ {]{1,512}) )?\{/;

/** The event behind the prefix; `undefined` when the line has no such prefix. */
export function partOfPrefixedLine(line: string): Part | undefined {
  const match = prefix.exec(line.slice(0, 640));
  if (match === null) return undefined;
  const [whole, time, stream] = match;
  if (stream !== undefined && !stream.startsWith(auditStreamPrefix)) return skipped;
  return { as: 'text', text: line.slice(whole.length - 1), isAudit: stream !== undefined, micros: parseMicros(time) };
}
