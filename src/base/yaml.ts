// YAML text -> values, all of it bounded. The only file that knows the YAML package; write-yaml.ts is its counterpart.
import { type Document, isAlias, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { parseBoundedJson } from './bounded-json.ts';

/** What is read at most; more is reported as an error of the text, never thrown. */
export const yamlBounds = {
  /**
   * UTF-16 code units of one YAML text. The parser takes some 60 bytes of memory for each, so that this is 1 GB at
   * worst; text that is JSON is read with JSON.parse and has its own bound (bounded-json.ts).
   */
  length: 16 * 1024 * 1024,
  /** Alias nodes of one document: the parser looks through all of the document for each. */
  aliases: 200,
  /** How often an alias may stand for what holds aliases itself, so that a few lines cannot become gigabytes. */
  aliasExpansion: 100,
} as const;

/** One document of a YAML text. */
export interface YamlDocument {
  /** 1-based place among the documents of the text, empty ones included. */
  readonly index: number;
  /** 1-based line on which its content starts. */
  readonly line: number;
  /** Plain objects, arrays, strings, numbers, booleans; `undefined` where there is an error. Never null: that is empty. */
  readonly value: unknown;
  /** The first thing that is wrong with it: a sentence fragment without content of the text, and its line. */
  readonly error?: { readonly message: string; readonly line: number };
  /** The line of the value at the path, or of the nearest value around it that exists. */
  lineOf(path: readonly (string | number)[]): number;
}

/**
 * Every document of a YAML (or JSON) text that is not empty. Never throws: a document that cannot be read carries an
 * error, the others are read all the same. Keys must be unique in YAML; merge keys (`<<`) work, as they do for kubectl.
 */
export function parseYaml(text: string): YamlDocument[] {
  const json = parseBoundedJson(text);
  if (json !== undefined) {
    const lineOf = (path: readonly (string | number)[]) => parseYamlText(text)[0]?.lineOf(path) ?? 1;
    return [{ index: 1, line: 1, value: json, lineOf }];
  }
  return parseYamlText(text);
}

function parseYamlText(text: string): YamlDocument[] {
  if (text.length > yamlBounds.length) return [failed(1, 1, `the text is longer than ${yamlBounds.length} characters`)];
  const lines = new LineCounter();
  let parsed: Document.Parsed[];
  try {
    // Its own search for repeated keys is quadratic.
    const options = { uniqueKeys: false, prettyErrors: false, merge: true, logLevel: 'silent' } as const;
    parsed = [...(parseAllDocuments(text, { ...options, lineCounter: lines }) as Document.Parsed[])];
  } catch {
    // The parser is recursive, so that what is nested thousands deep ends its stack (RangeError).
    return [failed(1, 1, 'it is nested too deeply')];
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
    const { aliases, repeatedAt } = survey(document);
    if (repeatedAt !== undefined)
      return failed(index, line, 'a key stands twice in one mapping', lineAt(lines, repeatedAt));
    if (aliases > yamlBounds.aliases) return failed(index, line, 'it has too many aliases');
    const value: unknown = document.toJS({ maxAliasCount: yamlBounds.aliasExpansion });
    return { index, line, value, lineOf: (path) => lineOfPath(document, path, line, lines) };
  } catch (cause) {
    const byAlias = cause instanceof ReferenceError;
    return failed(
      index,
      line,
      byAlias ? 'it has too many aliases, or one without an anchor' : 'it is nested too deeply',
    );
  }
}

/** How many aliases the document has, and where the first repeated key of a mapping stands, if any does. */
function survey(document: Document.Parsed): { aliases: number; repeatedAt: number | undefined } {
  let aliases = 0;
  let repeatedAt: number | undefined;
  visit(document, (_, node) => {
    if (isAlias(node)) aliases += 1;
    if (!isMap(node)) return;
    const seen = new Set<unknown>();
    for (const { key } of node.items) {
      if (!isScalar(key) || key.value === '<<') continue;
      if (seen.has(key.value)) repeatedAt ??= key.range?.[0] ?? 0;
      seen.add(key.value);
    }
  });
  return { aliases, repeatedAt };
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
