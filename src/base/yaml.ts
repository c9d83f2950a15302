// YAML text <-> values. The only file that knows the YAML package: everything written here is read back unchanged by the
// YAML 1.1 reader that kubectl has as well as by YAML 1.2 readers, and everything read is bounded.
import { Document, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Scalar } from 'yaml';

/** What is read at most; more is reported as an error of the text, never thrown. */
export const yamlBounds = {
  /** UTF-16 code units of one text: far beyond what an API server takes in one object (3 MiB a request). */
  length: 64 * 1024 * 1024,
  /** Values that aliases may add to one document, so that a few lines cannot become gigabytes. */
  aliases: 100,
} as const;

/** One document of a YAML text. */
export interface YamlDocument {
  /** 1-based place among the documents of the text, empty ones included. */
  readonly index: number;
  /** 1-based line on which its content starts. */
  readonly line: number;
  /** Plain objects, arrays, strings, numbers, booleans, null; `undefined` where there is an error. */
  readonly value: unknown;
  /** The first thing that is wrong with it: a sentence fragment without content of the text, and its line. */
  readonly error?: { readonly message: string; readonly line: number };
  /** The line of the value at the path, or of the nearest value around it that exists. */
  lineOf(path: readonly (string | number)[]): number;
}

/**
 * Every document of a YAML (or JSON) text that is not empty. Never throws: a document that cannot be read carries an
 * error, the others are read all the same. Keys must be unique; merge keys (`<<`) work, as they do for kubectl.
 */
export function parseYaml(text: string): YamlDocument[] {
  if (text.length > yamlBounds.length) return [failed(1, 1, `the text is longer than ${yamlBounds.length} characters`)];
  const lines = new LineCounter();
  let parsed: Document.Parsed[];
  try {
    const options = { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' } as const;
    parsed = [...(parseAllDocuments(text, options) as Document.Parsed[])];
  } catch {
    // The parser is recursive, so that what is nested thousands deep ends its stack (RangeError).
    return [failed(1, 1, 'the text is nested too deeply')];
  }
  const documents: YamlDocument[] = [];
  for (const [position, document] of parsed.entries()) {
    const read = toDocument(document, position + 1, lines);
    if (read.value !== null) documents.push(read);
  }
  return documents;
}

function toDocument(document: Document.Parsed, index: number, lines: LineCounter): YamlDocument {
  const line = lineAt(lines, document.contents?.range[0] ?? document.range[0]);
  const [error] = document.errors;
  if (error !== undefined) {
    if (error.code === 'RESOURCE_EXHAUSTION') return failed(index, line, 'it is nested too deeply');
    // Up to the first line break or quote: beyond it, the parser's message may cite the text.
    const message = (error.message.split(/[\n"']/, 1)[0] as string).trim();
    return failed(index, line, message || error.code, lineAt(lines, error.pos[0]));
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: yamlBounds.aliases });
    return { index, line, value, lineOf: (path) => lineOfPath(document, path, line, lines) };
  } catch (cause) {
    const tooMany = cause instanceof ReferenceError;
    return failed(index, line, tooMany ? 'it has too many aliases, or one without an anchor' : 'it is nested too deeply');
  }
}

function failed(index: number, line: number, message: string, errorLine = line): YamlDocument {
  return { index, line, value: undefined, error: { message, line: errorLine }, lineOf: () => line };
}

function lineOfPath(
  document: Document.Parsed,
  path: readonly (string | number)[],
  start: number,
  lines: LineCounter,
): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (range) return lineAt(lines, range[0] as number);
  }
  return start;
}

function lineAt(lines: LineCounter, offset: number): number {
  return Math.max(1, lines.linePos(offset).line);
}

/**
 * The value as one YAML document that ends in a line break. Keys in their own order, lists flush with their key as kubectl
 * writes them, no folded lines, no anchors, no tags. A string is written without quotes only where no YAML reader could
 * take it for anything else; one of several lines as a literal block. `undefined` members are left out.
 */
export function stringifyYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, { Scalar: (_, node) => chooseStyle(node) });
  const text = document.toString({
    lineWidth: 0,
    minContentWidth: 0,
    indentSeq: false,
    doubleQuotedAsJSON: true,
    blockQuote: 'literal',
  });
  return escapeUnprintable(text);
}

/** Several values as one stream, each behind its `---`. */
export function stringifyYamlStream(values: readonly unknown[]): string {
  return values.map((value) => `---\n${stringifyYaml(value)}`).join('');
}

/** Characters that a reader may refuse, or take for a line break, wherever they stand bare (YAML 1.1, c-printable). */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Only within double quotes do these stand in the output, see `chooseStyle`. */
function escapeUnprintable(text: string): string {
  return text.replace(unprintable, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Words and shapes that YAML 1.1 readers take for no string: all of them start otherwise or are listed here. */
const plainShape = /^[A-Za-z/][A-Za-z0-9._/@-]*(:[A-Za-z0-9._/@-]+)*$/;
const reservedWord = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
const blockShape = /^[^\s\u0000-\u001f][^\u0000-\u0009\u000b-\u001f\ud800-\udfff]*\n$/;

function chooseStyle(node: Scalar): void {
  if (!isScalar(node) || typeof node.value !== 'string') return;
  const text = node.value;
  if (plainShape.test(text) && !reservedWord.test(text)) return;
  // A block keeps its text as it is: not where a character would need an escape, or where lines end in blanks.
  unprintable.lastIndex = 0;
  const block = text.indexOf('\n') < text.length - 1 && blockShape.test(text) && !unprintable.test(text);
  node.type = block && !/ \n|\n\n$/.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
}
